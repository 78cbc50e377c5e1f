package wire_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cohort/idp/ldap/internal/wire"
	"cohort/internal/testca"
)

func TestSilenceIsAnError(t *testing.T) {
	tests := map[string]struct {
		replies [][]byte
		entries int
	}{
		"of a server that never answers": {[][]byte{nil}, 0},
		"in an entry":                    {[][]byte{join(person(1, "p1"), person(1, "p2")[:5])}, 1},
		"between pages":                  {[][]byte{join(person(1, "p1"), page(1, "a"))}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &script{hang: true, replies: test.replies}
				c := wire.NewConn(server.pipe(t), wire.Limits{Silence: time.Minute})
				_, err := read(t.Context(), c, everything(t))
				lost, ok := errors.AsType[*wire.LostError](err)
				if !ok || !errors.Is(err, os.ErrDeadlineExceeded) || lost.Entries != test.entries {
					t.Errorf("the error is %v, want a timeout after %d entries", err, test.entries)
				}
			})
		})
	}
}

func TestNoTimeRunsWhileTheCallerIsBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const silence = time.Minute
		server := &script{replies: [][]byte{
			join(person(1, "p1"), page(1, "a")),
			join(person(2, "p2"), page(2, "b")),
			join(person(3, "p3"), page(3, "")),
		}}
		c := wire.NewConn(server.pipe(t), wire.Limits{Silence: silence})
		count := 0
		for _, err := range c.Search(t.Context(), everything(t)) {
			if err != nil {
				t.Fatal(err)
			}
			count++
			time.Sleep(2 * silence)
		}
		if count != 3 {
			t.Errorf("%d entries came, want 3", count)
		}
	})
}

func TestTimeForSilenceStartsAnewWithEveryByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const silence = time.Minute
		reply := join(person(1, "p1"), page(1, ""))
		ours, theirs := net.Pipe()
		defer theirs.Close()
		go func() {
			defer ours.Close()
			if _, err := theirs.Read(make([]byte, 1000)); err != nil {
				return
			}
			for _, b := range reply {
				time.Sleep(silence - time.Second)
				if _, err := theirs.Write([]byte{b}); err != nil {
					return
				}
			}
			_, _ = io.Copy(io.Discard, theirs)
		}()
		entries, err := read(t.Context(), wire.NewConn(ours, wire.Limits{Silence: silence}), everything(t))
		if err != nil || len(entries) != 1 {
			t.Errorf("%d entries and error %v", len(entries), err)
		}
	})
}

func TestCancellationEndsTheWait(t *testing.T) {
	for name, reply := range map[string][]byte{
		"for the first byte": nil, "in a page": person(1, "p1"), "for the next page": join(person(1, "p1"), page(1, "a")),
	} {
		t.Run(name, func(t *testing.T) {
			server := &script{hang: true, replies: [][]byte{reply}}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			c := wire.NewConn(server.dial(t), wire.Limits{})
			_, err := read(ctx, c, everything(t))
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the error is %v, want the context's", err)
			}
			if _, err := read(t.Context(), c, everything(t)); !errors.Is(err, net.ErrClosed) {
				t.Errorf("the next search's error is %v, want a closed connection", err)
			}
		})
	}
}

func TestCancellationBetweenEntriesGivesNoMore(t *testing.T) {
	server := &script{replies: [][]byte{join(person(1, "p1"), person(1, "p2"), page(1, ""))}}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	entries := 0
	var last error
	for _, err := range wire.NewConn(server.dial(t), wire.Limits{}).Search(ctx, everything(t)) {
		if err != nil {
			last = err
			continue
		}
		entries++
		cancel()
	}
	if !errors.Is(last, context.Canceled) || entries != 1 {
		t.Errorf("%d entries and error %v", entries, last)
	}
}

func TestContextOfASearchThatEndedHasNoPower(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &script{replies: [][]byte{join(person(1, "p1"), page(1, "")), join(person(2, "p1"), page(2, ""))}}
		c := wire.NewConn(server.pipe(t), wire.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		if _, err := read(ctx, c, everything(t)); err != nil {
			t.Fatal(err)
		}
		cancel()
		synctest.Wait() // for whatever still listens to it
		if entries, err := read(t.Context(), c, everything(t)); err != nil || len(entries) != 1 {
			t.Errorf("the next search: %d entries and error %v", len(entries), err)
		}
	})
}

func TestNothingIsSentForAContextThatIsDone(t *testing.T) {
	server := &script{replies: [][]byte{page(1, "")}}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := wire.NewConn(server.dial(t), wire.Limits{})
	if _, err := read(ctx, c, everything(t)); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want the context's", err)
	}
	if n := len(server.asked()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestLoopThatIsLeftClosesTheConnection(t *testing.T) {
	server := &script{hang: true, replies: [][]byte{join(person(1, "p1"), person(1, "p2"), page(1, ""))}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	for _, err := range c.Search(t.Context(), everything(t)) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	if _, err := read(t.Context(), c, everything(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the next search's error is %v, want a closed connection", err)
	}
}

func TestSearchInsideOfItsOwnLoopIsRefused(t *testing.T) {
	server := &script{replies: [][]byte{join(person(1, "p1"), page(1, "a")), join(person(2, "p2"), page(2, ""))}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	count := 0
	for _, err := range c.Search(t.Context(), everything(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if entries, err := read(t.Context(), c, everything(t)); err == nil || len(entries) > 0 {
			t.Errorf("the inner search: %d entries and error %v", len(entries), err)
		}
		count++
	}
	if count != 2 {
		t.Errorf("%d entries came, want 2", count)
	}
}

func TestCloseSaysGoodbye(t *testing.T) {
	server := &script{hang: true, replies: [][]byte{bound(1, 0, "")}}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	if err := c.Bind(t.Context(), "", ""); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if err := c.Bind(t.Context(), "", ""); err == nil {
		t.Error("a bind on a closed connection succeeded")
	}
	for end := time.Now().Add(10 * time.Second); len(server.asked()) < 2; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the server heard no goodbye")
		}
	}
	const unbind = 2
	if tag := server.asked()[1].Children[1].Tag; tag != unbind {
		t.Errorf("the last request has the number %d, want %d", tag, unbind)
	}
}

func TestCloseFromElsewhereEndsTheWait(t *testing.T) {
	server := &script{hang: true}
	c := wire.NewConn(server.dial(t), wire.Limits{})
	timer := time.AfterFunc(50*time.Millisecond, func() { c.Close() })
	defer timer.Stop()
	if _, err := read(t.Context(), c, everything(t)); !errors.Is(err, net.ErrClosed) {
		t.Errorf("the error is %v, want a closed connection", err)
	}
}

// TLS says goodbye when it is closed, and waits up to five seconds for a peer
// that does not read.
func TestCancellationDoesNotWaitForTLS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ours, theirs := net.Pipe()
		defer theirs.Close()
		secure := tls.Client(ours, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS12})
		var shaking sync.WaitGroup
		shaking.Go(func() {
			server := tls.Server(theirs, testca.New(t).Issue(t).Config())
			if err := server.HandshakeContext(t.Context()); err != nil {
				t.Errorf("the server's side of TLS: %v", err)
			}
			_, _ = server.Read(make([]byte, 1000)) // the request, and nothing more
		})
		if err := secure.HandshakeContext(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := read(ctx, wire.NewConn(secure, wire.Limits{}), everything(t))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the error is %v, want the context's", err)
		}
		if took := time.Since(start); took != 50*time.Millisecond {
			t.Errorf("it took %s", took)
		}
		shaking.Wait()
	})
}
