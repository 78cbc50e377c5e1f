package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
)

const (
	connectTimeout = 10 * time.Second
	readTimeout    = 2 * time.Minute
)

// within connects to a server within this process, for tests in a bubble of
// [synctest], where no time passes but what is waited for.
func within(t *testing.T, config ldap.Config, handle func(net.Conn)) *ldap.Connector {
	t.Helper()
	config.ConnectTimeout, config.ReadTimeout = connectTimeout, readTimeout
	c := connect(t, config)
	c.Dial(func() net.Conn {
		ours, theirs := net.Pipe()
		go func() {
			defer func() { _ = theirs.Close() }()
			handle(theirs)
		}()
		return ours
	})
	return c
}

// talking is within a process, and says what the script has.
func talking(t *testing.T, s script) *ldap.Connector {
	t.Helper()
	return within(t, ldap.Config{URL: "ldap://server/dc=example,dc=com", StartTLS: "off"},
		func(conn net.Conn) { s.converse(&wire{t, conn}) })
}

func TestSlowReadersAreNotTimedOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		count := 0
		for _, err := range talking(t, script{page: twoPages}).People(t.Context(), idp.Request{}) {
			if err != nil {
				t.Fatal(err)
			}
			count++
			time.Sleep(2 * readTimeout)
		}
		if count != 3 {
			t.Errorf("%d people came, want 3", count)
		}
	})
}

func TestSlowServersAreNotTimedOutWhileSomethingComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		people, err := collect(t.Context(), t, talking(t, script{page: func(w *wire, _ int, asked query) {
			for i := range 6 {
				time.Sleep(readTimeout - time.Second)
				w.person(asked.id, fmt.Sprint(i))
			}
			w.last(asked.id)
		}}), idp.Request{})
		if err != nil || len(people) != 6 {
			t.Errorf("%d people and the error %v, want 6 and none", len(people), err)
		}
	})
}

// A server that accepts connections and says nothing.
func TestSilentServersAreTimedOut(t *testing.T) {
	tests := []struct {
		name   string
		config ldap.Config
		after  time.Duration
		says   string
	}{
		{"LDAP", ldap.Config{URL: "ldap://server", StartTLS: "off"}, readTimeout, "said nothing for 2m0s"},
		{"StartTLS", ldap.Config{URL: "ldap://server", StartTLS: "require"}, connectTimeout, "no connection within 10s"},
		{"LDAPS", ldap.Config{URL: "ldaps://server"}, connectTimeout, "no connection within 10s"},
	}
	silent := func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) }
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				_, err := collect(t.Context(), t, within(t, test.config, silent), idp.Request{})
				wantFailure(t, err, fault.Source, test.says)
				if took := time.Since(start); took != test.after {
					t.Errorf("the end took %s, want %s", took, test.after)
				}
			})
		})
		t.Run(test.name+" and a cancellation", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				_, err := collect(ctx, t, within(t, test.config, silent), idp.Request{})
				if !errors.Is(err, context.DeadlineExceeded) || fault.KindOf(err) != fault.Other {
					t.Errorf("the error is %v, want the context's", err)
				}
				if took := time.Since(start); took != time.Second {
					t.Errorf("the end took %s, want a second", took)
				}
			})
		})
	}
}
