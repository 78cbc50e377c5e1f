package file

import (
	"context"
	"encoding/binary"

	"cohort/idp"
	"cohort/internal/fault"
)

// keyKinds is how many kinds of names there are by which files mean managers:
// DN, employee_id, idp_id and username, in the order in which they are tried.
const keyKinds = 4

// nameLog keeps, packed, everybody's address and names of each kind, until
// somebody asks for the addresses of managers.
type nameLog struct {
	blocks [][]byte
}

func (l *nameLog) add(address string, names [keyKinds]string) {
	const blockSize = 1 << 20
	size := len(address) + (keyKinds+1)*binary.MaxVarintLen32
	for _, name := range names {
		size += len(name)
	}
	last := len(l.blocks) - 1
	if last < 0 || cap(l.blocks[last])-len(l.blocks[last]) < size {
		l.blocks = append(l.blocks, make([]byte, 0, max(blockSize, size)))
		last++
	}
	block := appendText(l.blocks[last], address)
	for _, name := range names {
		block = appendText(block, name)
	}
	l.blocks[last] = block
}

func appendText(block []byte, text string) []byte {
	return append(binary.AppendUvarint(block, uint64(len(text))), text...)
}

// each visits everybody.
func (l *nameLog) each(visit func(address []byte, names *[keyKinds][]byte)) {
	for _, block := range l.blocks {
		next := func() []byte {
			length, size := binary.Uvarint(block)
			text := block[size : size+int(length)]
			block = block[size+int(length):]
			return text
		}
		for len(block) > 0 {
			var names [keyKinds][]byte
			address := next()
			for kind := range names {
				names[kind] = next()
			}
			visit(address, &names)
		}
	}
}

// addresses finds the people whom the references mean. All of them mean people
// by the same kind of name: the one by which most are found. A name that two
// people have means neither.
func (l *nameLog) addresses(refs []string) map[string]string {
	type found struct {
		address string
		people  int
	}
	var byKind [keyKinds]map[string]found
	wanted := make(map[string]struct{}, len(refs))
	for _, ref := range refs {
		wanted[ref] = struct{}{}
	}
	l.each(func(address []byte, names *[keyKinds][]byte) {
		for kind, name := range names {
			if _, ok := wanted[string(name)]; !ok || len(name) == 0 {
				continue
			}
			if byKind[kind] == nil {
				byKind[kind] = map[string]found{}
			}
			byKind[kind][string(name)] = found{string(address), byKind[kind][string(name)].people + 1}
		}
	})
	best := 0
	for kind := range byKind {
		if len(byKind[kind]) > len(byKind[best]) {
			best = kind
		}
	}
	addresses := make(map[string]string, len(byKind[best]))
	for name, person := range byKind[best] {
		if person.people == 1 && person.address != "" {
			addresses[name] = person.address
		}
	}
	return addresses
}

// Addresses implements [idp.Lookup]: refs are what the file calls managers (a
// DN, an employee number, an identifier or a user name), in lower case. It
// knows everybody of the last stream that came to its end with managers asked
// for; without one it reads the file.
func (c *Connector) Addresses(ctx context.Context, refs []string) (map[string]string, error) {
	if c.names.Load() == nil {
		if c.input != nil {
			return nil, fault.New(fault.Usage, "", "looking up managers in %s: nobody has read it", c.name())
		}
		for _, err := range c.People(ctx, idp.Request{Fields: []idp.Field{idp.ManagerEmail}}) {
			if err != nil {
				return nil, err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.names.Load().addresses(refs), nil
}
