package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cohort/idp"
	"cohort/internal/probe"
	"cohort/join"
)

// sampleSize is how many people of a server it is looked at: pages enough to
// tell its pace.
const sampleSize = 1000

// peopleSample is what the first people have, or all where they are few.
type peopleSample struct {
	people    int
	addressed int // of them
	// empty are the fields of the default columns that nobody has.
	empty []string
	// takes is from the first to the last of them.
	takes time.Duration
}

// sample reads the first people as an export would read everybody; all, where
// the source cannot check itself.
func (s peopleSource) sample(ctx context.Context) (seen peopleSample, err error) {
	columns, err := join.ParseColumns(join.DefaultColumns())
	if err != nil {
		return seen, err
	}
	request := columns.Request()
	filled := make([]bool, len(request.Fields))
	var begun time.Time
	for person, err := range s.People(ctx, request) {
		if err != nil {
			return seen, fmt.Errorf("read people from %s: %w", s.name, err)
		}
		if seen.people == 0 {
			begun = time.Now()
		}
		seen.people++
		if person.Primary != "" || len(person.Aliases) > 0 || len(person.Logins) > 0 {
			seen.addressed++
		}
		for i, value := range person.Fields {
			filled[i] = filled[i] || value.Kind != idp.Absent || request.Fields[i] == idp.ManagerEmail && person.Manager != ""
		}
		if s.checker != nil && seen.people == sampleSize {
			break
		}
	}
	seen.takes = time.Since(begun)
	for i, field := range request.Fields {
		if !filled[i] {
			seen.empty = append(seen.empty, string(field))
		}
	}
	return seen, nil
}

// tell says how many have an address, without which nobody is matched.
func (p peopleSample) tell(list *probe.Checklist, source string) {
	if p.addressed == 0 {
		list.Fail(probe.Addresses, errNoAddress(source, p.people, kindOf(source) == idp.FileScheme))
		return
	}
	say := fmt.Sprintf("%s of %s", grouped(p.addressed), counted(p.people, "person", "people"))
	if len(p.empty) > 0 {
		say += "; nobody of them has " + strings.Join(p.empty, ", ")
	}
	if p.addressed < p.people/2 {
		list.Warn(probe.Addresses, "who has none is matched with nobody; may the account read mail, and is it the right attribute (--map email=…)?", "%s", say)
		return
	}
	list.OK(probe.Addresses, "%s", say)
}

// duration is how long everybody takes at the pace of the sample.
func (p peopleSample) duration(people probe.Step) probe.Step {
	takes := time.Duration(float64(p.takes) * float64(people.Count) / float64(max(p.people, 1)))
	whom := "them"
	if people.More {
		whom = "those who were counted"
	}
	return probe.Step{Name: probe.Duration, Outcome: probe.OK, Takes: takes,
		Detail: fmt.Sprintf("an export reads %s in %s", whom, probe.About(takes))}
}
