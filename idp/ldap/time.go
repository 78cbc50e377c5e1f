package ldap

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// lastYear is the last one that RFC 3339 can write.
const lastYear = 9999

// timeText writes a time as all sources' times are written, with as much of a
// fraction as there is.
func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// fileTimeText writes a FILETIME as RFC 3339, and nothing for "never". What is
// none stays as it is.
func fileTimeText(value string) string {
	t, never, ok := parseFileTime(value)
	switch {
	case !ok:
		return value
	case never:
		return ""
	default:
		return timeText(t)
	}
}

// parseFileTime reads a time as Windows counts it: in units of 100 ns since
// the beginning of 1601 (MS-DTYP, section 2.3.3). 0 and the largest number
// stand for a time that does not come, or was not yet (MS-ADA1, section 2.1).
func parseFileTime(value string) (t time.Time, never, ok bool) {
	const (
		perSecond = 10_000_000
		epoch     = -11_644_473_600 // 1601-01-01T00:00:00Z in Unix time
	)
	units, err := strconv.ParseUint(value, 10, 63)
	if err != nil {
		return time.Time{}, false, false
	}
	if units == 0 || units == math.MaxInt64 {
		return time.Time{}, true, true
	}
	t = time.Unix(int64(units/perSecond)+epoch, int64(units%perSecond)*100).UTC()
	return t, false, t.Year() <= lastYear
}

// generalizedTimeText writes a generalizedTime as RFC 3339. What is none stays
// as it is, and so does what stands for a lock without an end.
func generalizedTimeText(value string) string {
	if value == lockedForGood {
		return value
	}
	t, ok := parseGeneralizedTime(value)
	if !ok {
		return value
	}
	return timeText(t)
}

// parseGeneralizedTime reads a Generalized Time of RFC 4517, section 3.3.13:
// minutes and seconds may be missing, the last part that is there may have a
// fraction, and the zone is Z or an offset. A leap second is the next second.
func parseGeneralizedTime(value string) (time.Time, bool) {
	rest := value
	ok := true
	// take reads a part of so many digits, from low to high.
	take := func(digits, low, high int) int {
		n := 0
		for range digits {
			if rest == "" || rest[0] < '0' || rest[0] > '9' {
				ok = false
				return 0
			}
			n, rest = 10*n+int(rest[0]-'0'), rest[1:]
		}
		ok = ok && low <= n && n <= high
		return n
	}
	more := func() bool { return rest != "" && '0' <= rest[0] && rest[0] <= '9' }

	year, month, day, hour := take(4, 0, lastYear), take(2, 1, 12), take(2, 1, 31), take(2, 0, 23)
	minute, second, unit := 0, 0, time.Hour
	if more() {
		minute, unit = take(2, 0, 59), time.Minute
		if more() {
			second, unit = take(2, 0, 60), time.Second
		}
	}
	var fraction time.Duration
	if strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ",") {
		rest = rest[1:]
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		fraction, rest = fractionOf(unit, rest[:digits]), rest[digits:]
		ok = ok && digits > 0
	}
	var offset time.Duration
	switch {
	case rest == "Z":
		rest = ""
	case strings.HasPrefix(rest, "+"), strings.HasPrefix(rest, "-"):
		sign := time.Duration(44 - int(rest[0])) // '+' is 43, '-' is 45
		rest = rest[1:]
		offset = time.Duration(take(2, 0, 23)) * time.Hour
		if more() {
			offset += time.Duration(take(2, 0, 59)) * time.Minute
		}
		offset *= sign
	default:
		ok = false
	}
	midnight := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if !ok || rest != "" || midnight.Day() != day {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Add(fraction - offset)
	return t, 0 <= t.Year() && t.Year() <= lastYear
}

// fractionOf is a decimal fraction of a unit, to the nanosecond.
func fractionOf(unit time.Duration, digits string) time.Duration {
	const places = 9
	digits = (digits + strings.Repeat("0", places))[:places]
	numerator, err := strconv.ParseUint(digits, 10, 64)
	if err != nil {
		return 0
	}
	high, low := bits.Mul64(uint64(unit), numerator)
	quotient, _ := bits.Div64(high, low, 1_000_000_000)
	return time.Duration(quotient)
}
