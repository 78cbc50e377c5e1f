package main

import (
	"strings"
	"testing"
	"time"

	"cohort/internal/terminal"
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
		{"what it does, of which the rate says nothing", func(r *reading) {
			r.count.Store(100)
			r.do("looking up managers")
		}, time.Second, "okta://acme: 100 people, looking up managers"},
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
			if got := r.line(start.Add(test.elapsed), 100); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheProgressLineFitsTheTerminal(t *testing.T) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	r := &reading{name: "ldaps://ldap.köln.example\x1b[31m\n", one: "person", many: "people", started: start}
	r.count.Store(12_345)
	r.wait("the rate limit", start.Add(35*time.Second))
	for _, test := range []struct {
		columns int
		want    string
	}{
		{100, "ldaps://ldap.köln.example [31m: 12,345 people, 2,469 a second, waiting 30s: the rate limit"},
		{79, "ldaps://l…mple [31m: 12,345 people, 2,469 a second, waiting 30s: the rate limit"},
		{60, "ldaps:/…ple [31m: 12,345 people, waiting 30s: the rate limit"},
		{40, "ldaps://ldap…example [31m: 12,345 people"},
		{20, "12,345 people"},
		{7, "12,345…"},
		{1, "…"},
		{0, ""},
		{-1, ""},
	} {
		got := r.line(start.Add(5*time.Second), test.columns)
		if got != test.want || terminal.Width(got) > max(test.columns, 0) {
			t.Errorf("in %d columns: got %q, want %q", test.columns, got, test.want)
		}
	}
}

func TestEverySourceHasItsLine(t *testing.T) {
	var drawn strings.Builder
	p := progress{world: world{stderr: &drawn, getenv: noVariables}, readings: []*reading{
		{name: "aaaa", one: "person", many: "people"}, {name: "b", one: "user", many: "users"},
	}}
	const both = "aaaa: 0 people\x1b[K\nb: 0 users\x1b[J\r"
	for _, step := range []struct {
		does string
		do   func()
		want string
	}{
		{"draws", func() { p.draw(40, time.Time{}) }, "\r" + both},
		{"draws over it", func() { p.draw(40, time.Time{}) }, "\r\x1b[1A" + both},
		// In 5 columns the first line takes three rows.
		{"finds its start in a terminal that became narrower", func() { p.draw(5, time.Time{}) },
			"\r\x1b[3A" + "0 p…\x1b[K\n0 u…\x1b[J\r"},
		{"makes room for a warning", func() { p.warn("look out") }, "\r\x1b[1A\x1b[J" + "cohort: warning: look out\n"},
		{"goes on below it", func() { p.draw(40, time.Time{}) }, "\r" + both},
	} {
		drawn.Reset()
		step.do()
		if drawn.String() != step.want {
			t.Errorf("%s: drew %q, want %q", step.does, drawn.String(), step.want)
		}
	}
}

func TestNothingIsDrawnWithoutATerminal(t *testing.T) {
	var drawn strings.Builder
	p := startProgress(world{stderr: &drawn, getenv: noVariables}, false, []*reading{{name: "a"}})
	p.readings[0].count.Add(1)
	p.stop()
	if drawn.Len() > 0 {
		t.Errorf("drew %q", drawn.String())
	}
}
