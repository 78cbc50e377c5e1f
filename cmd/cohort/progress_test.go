package main

import (
	"strings"
	"testing"
	"time"
)

func TestTheProgressLine(t *testing.T) {
	for _, test := range []struct {
		name          string
		people, users int64
		elapsed       time.Duration
		want          string
	}{
		{"before anything has come", 0, -1, 0, "reading: 0 people, Coder users ..."},
		{"a rate needs half a second", 500, -1, 100 * time.Millisecond, "reading: 500 people, Coder users ..."},
		{"people come", 1_234_567, -1, 10 * time.Second, "reading: 1,234,567 people (123,456 a second), Coder users ..."},
		{"the users are there", 1, 2000, 2 * time.Second, "reading: 1 person (0 a second), 2,000 Coder users"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p progress
			p.people.Store(test.people)
			p.users.Store(test.users)
			if got := p.line(test.elapsed); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheProgressLineFitsTheTerminal(t *testing.T) {
	var drawn strings.Builder
	p := progress{world: world{stderr: &drawn}}
	p.draw(10)
	if want := "\rreading: \x1b[K"; drawn.String() != want {
		t.Errorf("drew %q, want %q", drawn.String(), want)
	}
}

func TestNothingIsDrawnWithoutATerminal(t *testing.T) {
	var drawn strings.Builder
	p := startProgress(world{stderr: &drawn, getenv: func(string) string { return "" }}, false)
	p.people.Add(1)
	p.stop()
	if drawn.Len() > 0 {
		t.Errorf("drew %q", drawn.String())
	}
}
