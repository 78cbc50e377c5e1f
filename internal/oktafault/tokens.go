package oktafault

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// tokens are faults of an app's sign-in and of its access tokens.
func tokens() []Fault {
	endpoint := func(where func(nth int64) bool, do behaviour) func() behaviour {
		return func() behaviour {
			var n atomic.Int64
			return func(c *call) {
				if c.r.URL.Path == "/oauth2/v1/token" && where(n.Add(1)) {
					c.strike()
					do(c)
					return
				}
				c.pass()
			}
		}
	}
	first := func(nth int64) bool { return nth == 1 }
	each := func(int64) bool { return true }
	internal := func(c *call) { c.refuse(http.StatusInternalServerError, "E0000009", "Internal Server Error") }
	oauth := []Fault{
		{Name: "a token that expires", Outcome: Heals,
			Doc:   "the token is refused from the third call on, and the next one is good",
			begin: func() behaviour { return revoking(func(calls int) bool { return calls > 2 }, true, false) }},
		{Name: "tokens that last for three calls", Outcome: Heals,
			Doc:   "every token is refused after three calls of a list",
			begin: func() behaviour { return revoking(func(calls int) bool { return calls > 3 }, false, false) }},
		{Name: "a token that is not renewed", Outcome: Fails, Kinds: credentials(),
			Doc:   "the token is refused from the third call on, and there is no other: the app was deactivated",
			begin: func() behaviour { return revoking(func(calls int) bool { return calls > 2 }, false, true) }},
		{Name: "tokens that are never good", Outcome: Fails, Kinds: credentials(),
			Doc:   "every token is refused at once, however new",
			begin: func() behaviour { return revoking(func(int) bool { return true }, false, false) }},
		{Name: "sign-in fails once", Outcome: Heals, Doc: "500 for the first token",
			begin: endpoint(first, internal)},
		{Name: "sign-in fails", Outcome: Fails, Kinds: source(), Doc: "500 for every token",
			begin: endpoint(each, internal)},
		{Name: "sign-in refused for now", Outcome: Heals, Doc: "429 for the first token",
			begin: endpoint(first, func(c *call) { tooMany(c, "", "", "") })},
		{Name: "sign-in in HTML", Outcome: Fails, Kinds: misdirected(), Doc: "a captive portal in place of a token",
			begin: endpoint(each, func(c *call) { c.say(http.StatusOK, "text/html", captivePortal) })},
		{Name: "sign-in without an answer", Outcome: Fails, Kinds: source(), Silent: true, Doc: "the endpoint of tokens is silent",
			begin: endpoint(each, (*call).hang)},
		{Name: "sign-in by an unknown key", Outcome: Fails, Kinds: credentials(), Doc: "the key was taken out of the app",
			begin: endpoint(each, func(c *call) {
				c.say(http.StatusUnauthorized, "application/json",
					`{"error":"invalid_client","error_description":"The client_assertion signature is invalid."}`)
			})},
		{Name: "sign-in demands DPoP", Outcome: Fails, Kinds: credentials(), Doc: "the app is set to take bound tokens only",
			begin: endpoint(each, func(c *call) {
				c.say(http.StatusBadRequest, "application/json",
					`{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`)
			})},
	}
	for i := range oauth {
		oauth[i].OAuth = true
	}
	return oauth
}

// revoking refuses a token after so many calls of lists; only the first token,
// or every one; and gives no other one where it is forsaken.
func revoking(over func(calls int) bool, justFirst, forsaken bool) behaviour {
	var mu sync.Mutex
	calls := map[string]int{}
	var revoked string
	return func(c *call) {
		token, bearer := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
		mu.Lock()
		refused := false
		if bearer && c.list {
			calls[token]++
			refused = over(calls[token]) && (!justFirst || revoked == "" || revoked == token)
			if refused {
				revoked = token
			}
		}
		signIn := c.r.URL.Path == "/oauth2/v1/token" && forsaken && revoked != ""
		mu.Unlock()
		switch {
		case refused:
			c.strike()
			c.w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="The token has expired."`)
			c.w.WriteHeader(http.StatusUnauthorized)
		case signIn:
			c.say(http.StatusUnauthorized, "application/json",
				`{"error":"invalid_client","error_description":"Invalid value for 'client_id' parameter."}`)
		default:
			c.pass()
		}
	}
}
