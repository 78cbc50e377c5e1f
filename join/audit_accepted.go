package join

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"cohort/internal/fault"
	"cohort/internal/textfile"
)

// Accepted is a finding that somebody has looked at, and found in order.
type Accepted struct {
	// Key is that of the finding. The account's id may stand in the place of
	// its username, which an account made later can have again.
	Key    string
	Reason string
	// Until is the last day (UTC) on which it counts; zero where it does for
	// good.
	Until time.Time
}

// Acceptance is what became of the findings that were accepted.
type Acceptance struct {
	// Count is how many findings were taken out.
	Count int
	// Expired are those that would have taken one out, until some day.
	Expired []Accepted
	// Unused are those of which there is no finding, or no more.
	Unused []Accepted
}

// ReadAccepted reads accepted findings from CSV with the columns key, reason
// and until (YYYY-MM-DD, or empty), in any order, perhaps among others. Lines
// that start with # are not read. Errors are [fault.Usage], with their line.
func ReadAccepted(r io.Reader) ([]Accepted, error) {
	text, err := textfile.NewReader(r)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(text)
	rows.Comment, rows.FieldsPerRecord, rows.ReuseRecord = '#', -1, true
	columns := make(map[string]int)
	lines := make(map[string]int) // by key
	var all []Accepted
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if malformed, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, fault.New(fault.Usage, "cells with a comma or a quotation mark need quotes", "line %d: %w", malformed.StartLine, malformed.Err)
		}
		if err != nil {
			return nil, err
		}
		line, _ := rows.FieldPos(0)
		if len(columns) == 0 {
			if columns, err = acceptedColumns(row, line); err != nil {
				return nil, err
			}
			continue
		}
		one, err := acceptedRow(row, columns, line)
		if err != nil {
			return nil, err
		}
		if before, twice := lines[one.Key]; twice {
			return nil, fault.New(fault.Usage, "keep one", "line %d: %s is on line %d already", line, one.Key, before)
		}
		lines[one.Key] = line
		all = append(all, one)
	}
	if len(columns) == 0 {
		return nil, fault.New(fault.Usage, "begin with the header key,reason,until", "the file is empty")
	}
	return all, nil
}

// acceptedColumns finds the columns by their names.
func acceptedColumns(header []string, line int) (map[string]int, error) {
	columns := make(map[string]int)
	for i, name := range header {
		columns[strings.ToLower(strings.TrimSpace(name))] = i
	}
	for _, name := range []string{"key", "reason", "until"} {
		if _, ok := columns[name]; !ok {
			return nil, fault.New(fault.Usage, "begin with the header key,reason,until", "line %d: there is no column %s", line, name)
		}
	}
	return columns, nil
}

func acceptedRow(row []string, columns map[string]int, line int) (Accepted, error) {
	cell := func(name string) string {
		if i := columns[name]; i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	one := Accepted{Key: cell("key"), Reason: cell("reason")}
	kind, of, _ := strings.Cut(one.Key, ":")
	if of == "" {
		return one, fault.New(fault.Usage, "a key is a kind, a colon and a username, as audit shows it", "line %d: %q is no key", line, one.Key)
	}
	if _, err := ParseFindingKinds(fmt.Sprintf("line %d", line), []string{kind}); err != nil {
		return one, err
	}
	if one.Reason == "" {
		return one, fault.New(fault.Usage, "say why it is accepted", "line %d: %s has no reason", line, one.Key)
	}
	if until := cell("until"); until != "" {
		var err error
		if one.Until, err = time.Parse(time.DateOnly, until); err != nil {
			return one, fault.New(fault.Usage, "write YYYY-MM-DD, or nothing for good", "line %d: until: %q is no date", line, until)
		}
	}
	return one, nil
}

// Accept takes out the findings that were accepted, as of the moment now.
func (a *Audit) Accept(list []Accepted, now time.Time) Acceptance {
	var result Acceptance
	byKey := make(map[string]int, len(list))
	for i, one := range list {
		byKey[one.Key] = i
	}
	used := make([]bool, len(list))
	var kept []Finding
	for _, f := range a.Findings {
		isAccepted := false
		for _, key := range []string{f.Key, string(f.Kind) + ":" + f.Account.ID} {
			if i, ok := byKey[key]; ok {
				used[i] = true
				isAccepted = isAccepted || !list[i].expired(now)
			}
		}
		if isAccepted {
			result.Count++
		} else {
			kept = append(kept, f)
		}
	}
	a.Findings = kept
	for i, one := range list {
		switch {
		case !used[i]:
			result.Unused = append(result.Unused, one)
		case one.expired(now):
			result.Expired = append(result.Expired, one)
		}
	}
	return result
}

// Kind is that of the finding.
func (a Accepted) Kind() FindingKind {
	kind, _, _ := strings.Cut(a.Key, ":")
	return FindingKind(kind)
}

func (a Accepted) expired(now time.Time) bool {
	return !a.Until.IsZero() && !now.Before(a.Until.AddDate(0, 0, 1))
}
