package wire

import (
	"errors"
	"fmt"
)

// ResultError is a result other than success (RFC 4511, section 4.1.9). The
// connection is as good as before.
type ResultError struct {
	Code      int      // RFC 4511, appendix A
	Message   string   // the diagnostic message, as the server wrote it
	Referrals []string // URIs; with code 10 only
}

// Error implements error.
func (e *ResultError) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("the server answered with result %d", e.Code)
	}
	return fmt.Sprintf("the server answered with result %d: %s", e.Code, e.Message)
}

// LostError is a connection that ended before the answer did. Cookies die with
// their connection, so what was read is of no use to a second try.
type LostError struct {
	// Entries is how many entries the search had handed out.
	Entries int
	// Err is why: what the connection said ([io.EOF] when the server closed
	// it, [os.ErrDeadlineExceeded] when it fell silent), or [DisconnectionError].
	Err error
}

// Error implements error.
func (e *LostError) Error() string {
	return fmt.Sprintf("the connection was lost after %d entries: %v", e.Entries, e.Err)
}

// Unwrap gives the reason.
func (e *LostError) Unwrap() error { return e.Err }

// DisconnectionError is a Notice of Disconnection (RFC 4511, section 4.4.1).
type DisconnectionError struct {
	Code    int
	Message string
}

// Error implements error.
func (e *DisconnectionError) Error() string {
	return fmt.Sprintf("the server gave notice of disconnection with result %d: %s", e.Code, e.Message)
}

// ProtocolError is an answer that no correct server gives. Who went on could
// lose entries.
type ProtocolError struct {
	// Came is what the server sent.
	Came string
}

// Error implements error.
func (e *ProtocolError) Error() string { return "the server sent " + e.Came }

func malformed(what string, err error) error {
	return &ProtocolError{fmt.Sprintf("a malformed %s: %v", what, err)}
}

// errStopped says that the caller left the loop.
var errStopped = errors.New("the caller has seen enough")
