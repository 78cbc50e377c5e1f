package ldap_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"cohort/idp"
	"cohort/idp/ldap"
	"cohort/internal/fault"
)

func TestSlowReadersAreNotTimedOut(t *testing.T) {
	config := serve(t, script{page: twoPages})
	config.ReadTimeout = 300 * time.Millisecond
	count := 0
	for _, err := range connect(t, config).People(t.Context(), idp.Request{}) {
		if err != nil {
			t.Fatal(err)
		}
		count++
		time.Sleep(400 * time.Millisecond)
	}
	if count != 3 {
		t.Errorf("%d people came, want 3", count)
	}
}

func TestSlowServersAreNotTimedOutWhileSomethingComes(t *testing.T) {
	config := serve(t, script{page: func(w *wire, _ int, asked query) {
		for i := range 6 {
			time.Sleep(100 * time.Millisecond)
			w.person(asked.id, fmt.Sprint(i))
		}
		w.last(asked.id)
	}})
	config.ReadTimeout = 500 * time.Millisecond
	people, err := collect(t.Context(), t, connect(t, config), idp.Request{})
	if err != nil || len(people) != 6 {
		t.Errorf("%d people and the error %v, want 6 and none", len(people), err)
	}
}

// A server that accepts connections and says nothing.
func TestSilentServersAreTimedOut(t *testing.T) {
	address := listen(t, func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	tests := []struct {
		name   string
		config ldap.Config
		says   string
	}{
		{"LDAP", ldap.Config{URL: "ldap://" + address}, "said nothing for 100ms"},
		{"StartTLS", ldap.Config{URL: "ldap://" + address, StartTLS: "require"}, "no connection within 150ms"},
		{"LDAPS", ldap.Config{URL: "ldaps://" + address}, "no connection within 150ms"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.config.ConnectTimeout, test.config.ReadTimeout = 150*time.Millisecond, 100*time.Millisecond
			_, err := collect(t.Context(), t, connect(t, test.config), idp.Request{})
			wantFailure(t, err, fault.Source, test.says)
		})
		t.Run(test.name+" and a cancellation", func(t *testing.T) {
			test.config.ConnectTimeout, test.config.ReadTimeout = time.Minute, time.Minute
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := collect(ctx, t, connect(t, test.config), idp.Request{})
			if !errors.Is(err, context.DeadlineExceeded) || fault.KindOf(err) != fault.Other {
				t.Errorf("the error is %v, want the context's", err)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("the end took %s", took)
			}
		})
	}
}
