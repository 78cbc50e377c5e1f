package coder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// jsonReader reads JSON (RFC 8259) as it arrives. It is for the reports of
// usage, which are tens of megabytes a run, and of which two fields a row
// count: encoding/json takes almost five times as long for them.
type jsonReader struct {
	r          io.Reader
	buf        []byte
	at, filled int    // buf[at:filled] is not yet read
	name       []byte // of the member that is being read
	deep       int    // values around it
}

const (
	maxNesting = 100     // values within one another
	maxText    = 1 << 20 // bytes of a string or a number
)

func newJSONReader(r io.Reader) *jsonReader {
	return &jsonReader{r: r, buf: make([]byte, 1<<16)}
}

// more reads on, and moves what is not yet read to the front. At the end of
// the input it gives io.EOF.
func (j *jsonReader) more() error {
	kept := j.buf[j.at:j.filled]
	if len(kept) >= maxText {
		return errors.New("a value is too long")
	}
	if len(kept) == len(j.buf) {
		j.buf = make([]byte, 2*len(kept))
	}
	j.at, j.filled = 0, copy(j.buf, kept)
	for {
		n, err := j.r.Read(j.buf[j.filled:])
		j.filled += n
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// next finds the next byte that is not blank, and leaves it there.
func (j *jsonReader) next() (byte, error) {
	for {
		for ; j.at < j.filled; j.at++ {
			if b := j.buf[j.at]; !isBlank(b) {
				return b, nil
			}
		}
		if err := j.more(); err != nil {
			return 0, err
		}
	}
}

func isBlank(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// expect reads one byte, which has to be this one.
func (j *jsonReader) expect(want byte) error {
	b, err := j.next()
	if err != nil {
		return err
	}
	if b != want {
		return unexpected(b)
	}
	j.at++
	return nil
}

func unexpected(b byte) error { return fmt.Errorf("%q is out of place", rune(b)) }

// object reads an object. It calls member, which has to read the value, with
// each name.
func (j *jsonReader) object(member func(name []byte) error) error {
	return j.items('{', '}', func() error {
		name, err := j.string()
		if err != nil {
			return err
		}
		j.name = append(j.name[:0], name...)
		if err := j.expect(':'); err != nil {
			return err
		}
		return member(j.name)
	})
}

// array reads an array. It calls element, which has to read it, for each.
func (j *jsonReader) array(element func() error) error {
	return j.items('[', ']', element)
}

func (j *jsonReader) items(opening, closing byte, item func() error) error {
	if err := j.expect(opening); err != nil {
		return err
	}
	if j.deep++; j.deep > maxNesting {
		return errors.New("too many values lie within one another")
	}
	b, err := j.next()
	for err == nil && b != closing {
		if err = item(); err != nil {
			return err
		}
		if b, err = j.next(); err == nil && b != closing {
			if err = j.expect(','); err != nil {
				return err
			}
			if b, err = j.next(); err == nil && b == closing {
				return unexpected(b)
			}
		}
	}
	if err != nil {
		return err
	}
	j.at++
	j.deep--
	return nil
}

// string reads a string. What it gives is valid until the next read.
func (j *jsonReader) string() ([]byte, error) {
	if err := j.expect('"'); err != nil {
		return nil, err
	}
	escaped, length := false, 0
	for {
		for j.at+length >= j.filled {
			if err := j.more(); err != nil {
				return nil, err
			}
		}
		for _, b := range j.buf[j.at+length : j.filled] {
			if b == '"' || b == '\\' || b < ' ' {
				break
			}
			length++
		}
		if j.at+length == j.filled {
			continue
		}
		switch b := j.buf[j.at+length]; b {
		case '"':
			text := j.buf[j.at : j.at+length]
			j.at += length + 1
			if escaped {
				return unescape(text)
			}
			return text, nil
		case '\\':
			escaped = true
			length += 2 // what follows does not end the string, whatever it is
		default:
			return nil, unexpected(b)
		}
	}
}

func unescape(text []byte) ([]byte, error) {
	var s string
	if err := json.Unmarshal(fmt.Appendf(nil, `"%s"`, text), &s); err != nil {
		return nil, err
	}
	return []byte(s), nil
}

// literal reads a number, true, false or null. What it gives is valid until
// the next read.
func (j *jsonReader) literal() ([]byte, error) {
	b, err := j.next()
	if err != nil {
		return nil, err
	}
	length := 0
	for {
		for j.at+length < j.filled && isLiteral(j.buf[j.at+length]) {
			length++
		}
		if j.at+length < j.filled {
			break
		}
		if err := j.more(); err != nil {
			return nil, err // a report is an object, so that nothing ends with a literal
		}
	}
	if length == 0 {
		return nil, unexpected(b)
	}
	j.at += length
	return j.buf[j.at-length : j.at], nil
}

func isLiteral(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b == '-' || b == '+' || b == '.' || b == 'E'
}

// integer reads a whole number that is not negative.
func (j *jsonReader) integer() (int64, error) {
	text, err := j.literal()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(text), 10, 63)
	if err != nil || len(text) > 1 && text[0] == '0' {
		return 0, fmt.Errorf("%q is not a whole number", text)
	}
	return int64(n), nil
}

// skip reads any value.
func (j *jsonReader) skip() error {
	b, err := j.next()
	if err != nil {
		return err
	}
	switch b {
	case '{':
		return j.object(func([]byte) error { return j.skip() })
	case '[':
		return j.array(j.skip)
	case '"':
		_, err = j.string()
		return err
	}
	text, err := j.literal()
	if err == nil && !json.Valid(text) {
		err = fmt.Errorf("%q is not JSON", text)
	}
	return err
}

// end reads what may stand after the value: blanks.
func (j *jsonReader) end() error {
	b, err := j.next()
	if err == nil {
		return unexpected(b)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
