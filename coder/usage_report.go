package coder

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// activity is the use of one account on one day.
type activity struct {
	user    uuid.UUID
	seconds int64
}

// dailyActivity is the API's answer for one day.
type dailyActivity struct {
	start, end time.Time
	rows       []activity
}

// readActivity reads an answer: codersdk's UserActivityInsightsResponse. It
// refuses one that lacks anything that counts.
func readActivity(text string) (dailyActivity, error) {
	var a dailyActivity
	s := newScanner(text)
	reports := 0
	err := s.Object(func(name string) error {
		if name != "report" {
			return s.Skip()
		}
		if reports++; reports > 1 {
			return errors.New("its report is there twice")
		}
		return s.Object(func(name string) error {
			switch name {
			case "start_time":
				return readMoment(&s, &a.start)
			case "end_time":
				return readMoment(&s, &a.end)
			case "users":
				return a.readRows(&s)
			default:
				return s.Skip()
			}
		})
	})
	switch {
	case err != nil:
		return a, inWords(err)
	case !s.IsAtEnd():
		return a, inWords(s.Misplaced("the report", "its end"))
	case a.start.IsZero() || a.end.IsZero() || a.rows == nil:
		return a, errors.New("it is not a report of usage")
	}
	return a, nil
}

func readMoment(s *scanner, t *time.Time) error {
	text, err := s.String()
	if err != nil {
		return err
	}
	return t.UnmarshalText([]byte(text))
}

func (a *dailyActivity) readRows(s *scanner) error {
	if a.rows != nil {
		return errors.New("its users are there twice")
	}
	// A row takes some 250 bytes of the text.
	a.rows = make([]activity, 0, len(s.Text)/256)
	var row activity
	field := func(name string) error {
		switch name {
		case "user_id":
			id, err := s.String()
			if err != nil {
				return err
			}
			row.user, err = uuid.Parse(id)
			return err
		case "seconds":
			text, err := s.Number()
			if err != nil {
				return err
			}
			if row.seconds, err = strconv.ParseInt(text, 10, 64); err != nil {
				return fmt.Errorf("%q is not a whole number", text)
			}
			return nil
		default:
			return s.Skip()
		}
	}
	return s.Array(func() error {
		row = activity{seconds: -1}
		if err := s.Object(field); err != nil {
			return err
		}
		if row.user == uuid.Nil || row.seconds < 0 {
			return fmt.Errorf("user %d of it has no id, no seconds, or less than none", len(a.rows)+1)
		}
		a.rows = append(a.rows, row)
		return nil
	})
}
