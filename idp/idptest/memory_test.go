package idptest

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cohort/idp"
	"cohort/internal/fault"
)

// memory is a connector over a slice, and misbehaves as a test wants it to.
type memory struct {
	rows []row
	// fails ends every read in an error after so many people; 0 never.
	fails int
	// wrong changes the stream of a correct read.
	wrong func(context.Context, idp.Request, iter.Seq2[idp.Person, error]) iter.Seq2[idp.Person, error]
	// connections counts the streams that run.
	connections atomic.Int32
}

type row struct {
	id, name, mail, manager string
	groups                  []string
}

func company() *memory {
	return &memory{rows: []row{
		{"1", "Ada", "ada@example.com", "", []string{"board"}},
		{"2", "Björn", "bjorn@example.com", "1", nil},
		{"3", "Chloé", "", "1", []string{"staff", "sales"}},
		{"4", "Dmitri", "d@example.com", "2", nil},
	}}
}

func (m *memory) Source() idp.Source { return idp.Source{Name: "memory:", Proved: true} }

func (m *memory) People(ctx context.Context, req idp.Request) iter.Seq2[idp.Person, error] {
	stream := func(yield func(idp.Person, error) bool) {
		m.connections.Add(1)
		defer m.connections.Add(-1)
		for i, row := range m.rows {
			if err := ctx.Err(); err != nil {
				yield(idp.Person{}, fmt.Errorf("reading memory: %w", err))
				return
			}
			if m.fails > 0 && i == m.fails {
				yield(idp.Person{}, fault.New(fault.Source, "", "reading memory: it is gone"))
				return
			}
			if !yield(row.person(req), nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(idp.Person{}, fmt.Errorf("reading memory: %w", err))
		}
	}
	if m.wrong == nil {
		return stream
	}
	return m.wrong(ctx, req, stream)
}

func (r row) person(req idp.Request) idp.Person {
	p := idp.Person{ID: r.id, Primary: r.mail}
	for _, field := range req.Fields {
		var value idp.Value
		switch field {
		case idp.Name:
			value = idp.TextOf(r.name)
		case idp.Groups:
			value = idp.ListOf(r.groups...)
		case idp.ManagerEmail:
			p.Ref, p.Manager = r.id, r.manager
		}
		p.Fields = append(p.Fields, value)
	}
	for _, name := range req.Attributes {
		var value idp.Value
		switch strings.ToLower(name) {
		case "fullname":
			value = idp.TextOf(r.name)
		case "memberof":
			value = idp.TextOrList(r.groups...)
		}
		p.Attributes = append(p.Attributes, value)
	}
	if req.All {
		p.All = append(p.All, idp.Attribute{Name: "fullName", Value: idp.TextOf(r.name), Feeds: []idp.Field{idp.Name}})
		if len(r.groups) > 0 {
			p.All = append(p.All, idp.Attribute{Name: "memberOf", Value: idp.TextOrList(r.groups...)})
		}
	}
	return p
}

func suite(m *memory) Suite {
	return Suite{
		New:         func(*testing.T) idp.Connector { return m },
		People:      4,
		IDs:         []string{"1", "2", "3", "4"},
		Attributes:  []string{"fullName", "memberOf"},
		Connections: func() int { return int(m.connections.Load()) },
		Patience:    2 * time.Second,
	}
}
