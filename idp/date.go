package idp

import (
	"strings"
	"time"
)

// ReadDate gives a date as YYYY-MM-DD. It reads dates and times of which
// nobody can doubt what day they mean: 2024-03-01, 2024-03-01T08:00:00Z (RFC
// 3339, also with a blank for the T, and without a zone), 20240301 and
// 20240301080000Z (RFC 4517, section 3.3.13, as Active Directory writes times).
// The day is the one that is written there, whatever the zone. 3/1/2024 is in
// January to some and in March to others, and not read.
func ReadDate(text string) (date string, ok bool) {
	text = strings.TrimSpace(text)
	for _, layout := range [...]string{
		time.DateOnly, time.RFC3339, time.DateTime, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05",
		"20060102", "20060102150405Z0700", "20060102150405",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	return "", false
}
