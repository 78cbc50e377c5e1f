package main

import (
	"strings"
	"testing"
	"time"
)

func TestTheProgressLine(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, test := range []struct {
		name    string
		fill    func(*reading)
		elapsed time.Duration
		want    string
	}{
		{"before anything has come", func(*reading) {}, 0, "okta://acme: 0 people"},
		{"a rate needs half a second", func(r *reading) { r.count.Store(500) }, 100 * time.Millisecond, "okta://acme: 500 people"},
		{"people come", func(r *reading) { r.count.Store(1_234_567) }, 10 * time.Second, "okta://acme: 1,234,567 people, 123,456 a second"},
		{"how long still, where the total is known", func(r *reading) {
			r.count.Store(100)
			r.total.Store(400)
		}, 10 * time.Second, "okta://acme: 100 of 400 people, 10 a second, 30s left"},
		{"what it does", func(r *reading) { r.do("looking up managers") }, time.Second, "okta://acme: 0 people, looking up managers"},
		{"a wait for the rate limit is said", func(r *reading) {
			r.count.Store(1)
			r.wait("the org's rate limit", start.Add(25*time.Second))
		}, 2 * time.Second, "okta://acme: 1 person, 0 a second, waiting 23s: the org's rate limit"},
		{"and not when it is over", func(r *reading) { r.wait("the org's rate limit", start.Add(time.Second)) }, 2 * time.Second, "okta://acme: 0 people"},
		{"at the end the rate stands", func(r *reading) {
			r.count.Store(2000)
			r.ended.Store(int64(2 * time.Second))
		}, time.Hour, "okta://acme: 2,000 people, 1,000 a second, done"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &reading{name: "okta://acme", one: "person", many: "people", started: start}
			test.fill(r)
			if got := r.line(start.Add(test.elapsed)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestALineFitsTheTerminal(t *testing.T) {
	for _, test := range []struct {
		line  string
		width int
		want  string
	}{
		{"as it is", 8, "as it is"},
		{"ldaps://ldap.example.com: 12,345 people", 30, "ldaps:/...e.com: 12,345 people"},
		{"too narrow", 3, "too"},
		{"too narrow", -1, ""},
		{"a\x1b[31mred\nline", 20, "a [31mred line"},
	} {
		if got := fitted(test.line, test.width); got != test.want {
			t.Errorf("%q in %d: got %q, want %q", test.line, test.width, got, test.want)
		}
	}
}

func TestEverySourceHasItsLine(t *testing.T) {
	var drawn strings.Builder
	p := progress{world: world{stderr: &drawn}, readings: []*reading{
		{name: "a", one: "person", many: "people"}, {name: "b", one: "user", many: "users"},
	}}
	p.draw(40, time.Time{})
	p.draw(40, time.Time{})
	p.warn("look out")
	const both = "\ra: 0 people\x1b[K\n\rb: 0 users\x1b[K"
	if want := both + "\x1b[1A" + both + "\x1b[1A\r\x1b[J" + "cohort: warning: look out\n"; drawn.String() != want {
		t.Errorf("drew %q, want %q", drawn.String(), want)
	}
}

func TestNothingIsDrawnWithoutATerminal(t *testing.T) {
	var drawn strings.Builder
	p := startProgress(world{stderr: &drawn, getenv: func(string) string { return "" }}, false, []*reading{{name: "a"}})
	p.readings[0].count.Add(1)
	p.stop()
	if drawn.Len() > 0 {
		t.Errorf("drew %q", drawn.String())
	}
}
