package file

import (
	"errors"
	"io"
	"strings"
)

// jsonLines are the objects of a file that has one a line.
type jsonLines struct {
	*window
	flattener
	reading *reading
	count   int
	number  int // of the line that was read last
}

func (r *reading) openJSONLines(w *window) *jsonLines {
	if r.builder.managerEmail != nil {
		r.builder.rememberNames() // what columns there are shows too late
	}
	return &jsonLines{window: w, flattener: newFlattener(r.builder.mapping), reading: r}
}

func (p *jsonLines) next() (place, error) {
	for {
		end := strings.IndexByte(p.text, '\n')
		isWhole := end >= 0
		if !isWhole {
			if !p.isLast {
				if err := p.extend(); err != nil {
					return place{}, err
				}
				continue
			}
			end = len(p.text)
		}
		if end == 0 && !isWhole {
			if err := p.reading.finishJSON(&p.flattener, p.count); err != nil {
				return place{}, err
			}
			return place{}, io.EOF
		}
		found, err := p.scan(p.text[:end], isWhole)
		if err != nil {
			return place{}, err
		}
		p.number = p.line
		length := min(end+1, len(p.text))
		p.drop(length, 1)
		if found {
			p.count++
			return place{"line", p.number, length}, nil
		}
	}
}

// scan reads the object in a line; an empty line has none.
func (p *jsonLines) scan(text string, isWhole bool) (found bool, err error) {
	s := &jsonScanner{Text: text, Deepest: deepest}
	if s.IsAtEnd() {
		return false, nil
	}
	if s.Peek() != '{' {
		return false, p.wrong(0, "each line is one object with keys", "it is no object")
	}
	p.begin()
	err = p.object(s, &p.root, false)
	if err == nil && !s.IsAtEnd() {
		err = errors.New("something follows the object")
	}
	within, isCut := cutWithin(err)
	switch {
	case err == nil:
		p.reading.halfPairs += s.HalfPairs
		return true, nil
	case isCut && !isWhole:
		return false, p.cut(0, within)
	case isCut:
		return false, p.wrong(0, "each line is one object; one document of many lines is json", "%w", err)
	default:
		return false, p.wrong(0, "", "%w", err)
	}
}

func (p *jsonLines) wrongHere(hint, format string, args ...any) error {
	return p.wrongLine(p.number, hint, format, args...)
}
