package transport

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// RedirectError says that a server wanted the request, and with it the secret
// in its headers, to go to another origin, and that it was not sent there.
type RedirectError struct {
	// From and To are origins: scheme, host, and the port where it is not the
	// scheme's own.
	From, To string
}

// Error names both origins.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s redirects to %s, where the credentials do not belong", e.From, e.To)
}

// confined refuses redirects to another origin. net/http drops Authorization
// and cookies on the way to another host, but no other header that holds a
// token, and it keeps all of them on the way from https to http.
type confined struct{ layer }

func (c confined) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.layer.RoundTrip(req)
	if err != nil || resp.StatusCode/100 != 3 || resp.Header.Get("Location") == "" {
		return resp, err
	}
	target, err := resp.Location()
	if err != nil {
		// The error would repeat the target, whose query may hold a secret.
		err = errors.New("the answer redirects to what is not a URL")
	} else if from, to := Origin(req.URL), Origin(target); from != to {
		err = &RedirectError{From: from, To: to}
	}
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// Origin is the part of a URL that decides who receives a request (RFC 6454):
// equal origins are equal strings. The scheme's own port is left out, and so
// are user and password.
func Origin(u *url.URL) string {
	scheme, host, port := strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != "" && (scheme != "http" || port != "80") && (scheme != "https" || port != "443") {
		host += ":" + port
	}
	return scheme + "://" + host
}
