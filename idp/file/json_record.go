package file

import (
	"errors"
	"fmt"
	"strings"

	"cohort/idp"
	"cohort/internal/jsontext"
)

// jsonScanner reads what is in memory of a text.
type jsonScanner = jsontext.Scanner[string]

// deepest bounds how deep values nest.
const deepest = 100

// cutWithin says of an error whether the text ends too early, and within what.
func cutWithin(err error) (within string, isCut bool) {
	wrong, ok := errors.AsType[*jsontext.Error](err)
	if !ok || wrong.Kind != jsontext.Cut {
		return "", false
	}
	return wrong.Within, true
}

// flattener reads objects into a mapping's cells: what is nested is named by
// all keys on the way to it, "manager.email"; what is in arrays makes lists.
type flattener struct {
	mapping *mapping
	root    node
	nodes   int
	// names are some of those at the top, for messages.
	names []string
	// slots are those of the names that are wanted.
	slots map[string]int
	// filled says, by slot, in which record a cell got its value.
	filled []int
	record int
}

func newFlattener(m *mapping) flattener { return flattener{mapping: m, slots: map[string]int{}} }

// node is a key that was seen, below those above it.
type node struct {
	name     string // with all keys above
	slot     int    // -1 for one that nobody wants
	children map[string]*node
}

// mostNodes bounds what is remembered of objects whose keys are data.
const mostNodes = 10_000

// child is the node of a key. The key is part of a block.
func (f *flattener) child(n *node, key string) *node {
	if child, ok := n.children[key]; ok {
		return child
	}
	key = strings.Clone(key)
	child := &node{name: key}
	if n != &f.root {
		child.name = n.name + "." + key
	} else if len(f.names) < 12 {
		f.names = append(f.names, key)
	}
	child.slot = f.slot(child.name)
	if f.nodes >= mostNodes {
		return child
	}
	f.nodes++
	if n.children == nil {
		n.children = map[string]*node{}
	}
	n.children[key] = child
	return child
}

// slot is the slot of a name, -1 if nobody wants it.
func (f *flattener) slot(name string) int {
	slot, known := f.slots[name]
	if known {
		return slot
	}
	slot = len(f.mapping.cells)
	if !f.mapping.column(name, slot) {
		return -1
	}
	f.mapping.cells = append(f.mapping.cells, idp.Value{})
	f.filled = append(f.filled, 0)
	f.slots[name] = slot
	return slot
}

// begin makes the cells ready for a record.
func (f *flattener) begin() {
	clear(f.mapping.cells)
	f.record++
}

// object reads an object. Within an array it adds to what the objects before it
// had.
func (f *flattener) object(s *jsonScanner, n *node, isItem bool) error {
	return s.Object(func(key string) error {
		child := f.child(n, key)
		if child.slot >= 0 && !isItem {
			if f.filled[child.slot] == f.record {
				return fmt.Errorf("%q comes twice in one object", child.name)
			}
			f.filled[child.slot] = f.record
		}
		return f.value(s, child, isItem)
	})
}

func (f *flattener) value(s *jsonScanner, n *node, isItem bool) error {
	var value idp.Value
	switch c := s.Peek(); {
	case c == '{':
		return f.object(s, n, isItem)
	case c == '[':
		return s.Array(func() error { return f.value(s, n, true) })
	case c == '"':
		text, err := s.String()
		if err != nil {
			return err
		}
		value = idp.TextOf(text)
	case c == '-' || '0' <= c && c <= '9':
		number, err := s.Number()
		if err != nil {
			return err
		}
		value = idp.NumberOf(number)
	default:
		word, err := s.Literal()
		if err != nil {
			return err
		}
		if word != "null" {
			value = idp.BooleanOf(word == "true")
		}
	}
	if n.slot < 0 || value.Kind == idp.Absent {
		return nil
	}
	cell := &f.mapping.cells[n.slot]
	if !isItem {
		*cell = value
		return nil
	}
	cell.Kind = idp.List
	cell.Items = append(cell.Items, value.Text)
	return nil
}
