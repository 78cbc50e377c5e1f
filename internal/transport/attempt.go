package transport

import "net/http"

// PassingError is for layers of [Config.Attempt]: an answer that came, and that
// a second attempt may better.
type PassingError struct {
	// Err says what is wrong with it.
	Err error
}

// Error says what is wrong.
func (e *PassingError) Error() string { return e.Err.Error() }

// Unwrap gives the error without its promise.
func (e *PassingError) Unwrap() error { return e.Err }

// attempts sends every attempt through a layer of the caller's.
type attempts struct {
	layer
	through http.RoundTripper
}

func (a attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	return a.through.RoundTrip(req)
}
