package oktafault

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"cohort/fixtures"
)

// Server is an org behind a fault.
type Server struct {
	*fixtures.Org

	struck atomic.Int64
	mu     sync.Mutex
	lists  int
}

// Serve starts an org that has the fault, and speaks HTTP/1.1 only: there a
// connection can be broken off. The zero Fault is none.
func Serve(users []fixtures.OktaUser, groups []fixtures.OktaGroup, o fixtures.OktaOptions, f Fault) (*Server, error) {
	s := &Server{}
	o.HTTP1 = true
	if f.begin != nil {
		o.Wrap = s.before(f.begin())
	}
	org, err := fixtures.ServeOkta(users, groups, o)
	if err != nil {
		return nil, err
	}
	s.Org = org
	return s, nil
}

// Struck is how often the fault has shown so far.
func (s *Server) Struck() int { return int(s.struck.Load()) }

func (s *Server) before(b behaviour) func(http.Handler) http.Handler {
	return func(org http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := &call{w: w, r: r, org: org, list: isList(r), strike: func() { s.struck.Add(1) }}
			if c.list {
				s.mu.Lock()
				s.lists++
				c.nth = s.lists
				s.mu.Unlock()
			}
			b(c)
		})
	}
}

func isList(r *http.Request) bool {
	form := regexp.MustCompile(`^/api/v1/(users|groups|groups/[^/]+/users)$`)
	return r.Method == http.MethodGet && form.MatchString(r.URL.Path)
}

// call is one request on its way to the org.
type call struct {
	w      http.ResponseWriter
	r      *http.Request
	org    http.Handler
	list   bool // of users, groups or members
	nth    int  // among the calls of lists, counted from 1
	strike func()
}

// pass lets the org answer.
func (c *call) pass() { c.org.ServeHTTP(c.w, c.r) }

// after is the cursor of the request.
func (c *call) after() string { return c.r.URL.Query().Get("after") }

// listed names the list without the place in it.
func (c *call) listed() string {
	query := c.r.URL.Query()
	query.Del("after")
	return c.r.URL.Path + "?" + query.Encode()
}

// ask is the org's answer, held back.
func (c *call) ask() *answer {
	recorder := httptest.NewRecorder()
	c.org.ServeHTTP(recorder, c.r)
	return &answer{status: recorder.Code, header: recorder.Header(), body: recorder.Body.Bytes()}
}

// askAt is the org's answer for another cursor.
func (c *call) askAt(cursor string) *answer {
	r := c.r.Clone(c.r.Context())
	query := r.URL.Query()
	query.Set("after", cursor)
	r.URL.RawQuery = query.Encode()
	return (&call{r: r, org: c.org}).ask()
}

// give sends an answer on.
func (c *call) give(a *answer) {
	for name, values := range a.header {
		c.w.Header()[name] = values
	}
	c.w.WriteHeader(a.status)
	_, _ = c.w.Write(a.body) // nobody is left to be told
}

// say sends an answer of the fault's own.
func (c *call) say(status int, contentType, body string) {
	c.w.Header().Set("Content-Type", contentType)
	c.w.WriteHeader(status)
	_, _ = c.w.Write([]byte(body)) // nobody is left to be told
}

// refuse sends one of Okta's errors.
func (c *call) refuse(status int, code, summary string) {
	body, _ := json.Marshal(map[string]any{"errorCode": code, "errorSummary": summary, "errorLink": code,
		"errorId": "oaeFault", "errorCauses": []any{}}) // strings always have a JSON
	c.say(status, "application/json", string(body))
}

// cutOff ends the connection with what was written so far, with a FIN, or a RST.
func (c *call) cutOff(written string, reset bool) {
	conn, _, err := http.NewResponseController(c.w).Hijack()
	if err != nil {
		return
	}
	_, _ = conn.Write([]byte(written)) // the client sees what arrives
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok && reset {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// hang says nothing until the client has gone, which net/http sees only after
// the request's body.
func (c *call) hang() {
	_, _ = io.Copy(io.Discard, c.r.Body) // what comes of it is no matter
	<-c.r.Context().Done()
}

// answer is what the org said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// links are the targets of the answer's headers Link.
func (a *answer) links() (self, next string) {
	form := regexp.MustCompile(`^<([^>]+)>; rel="(self|next)"$`)
	for _, line := range a.header.Values("Link") {
		if m := form.FindStringSubmatch(line); m != nil && m[2] == "self" {
			self = m[1]
		} else if m != nil {
			next = m[1]
		}
	}
	return self, next
}

// leadTo puts another target in place of the next page's.
func (a *answer) leadTo(next string) {
	self, _ := a.links()
	a.header.Del("Link")
	a.header.Add("Link", "<"+self+`>; rel="self"`)
	if next != "" {
		a.header.Add("Link", "<"+next+`>; rel="next"`)
	}
}

// leadToCursor puts another cursor in place of the next page's.
func (a *answer) leadToCursor(cursor string) {
	self, next := a.links()
	if next == "" {
		next = self
	}
	target, err := url.Parse(next)
	if err != nil {
		return
	}
	query := target.Query()
	query.Set("after", cursor)
	target.RawQuery = query.Encode()
	a.leadTo(target.String())
}

// nextCursor is the cursor of the next page.
func (a *answer) nextCursor() string {
	_, next := a.links()
	target, err := url.Parse(next)
	if err != nil {
		return ""
	}
	return target.Query().Get("after")
}

// records are the elements of the list; nil where it is none.
func (a *answer) records() []json.RawMessage {
	var list []json.RawMessage
	if a.status != http.StatusOK || json.Unmarshal(a.body, &list) != nil {
		return nil
	}
	return list
}

func (a *answer) setRecords(list []json.RawMessage) {
	if list == nil {
		list = []json.RawMessage{}
	}
	encoded, err := json.Marshal(list)
	if err != nil {
		return
	}
	a.body = append(bytes.TrimSpace(encoded), '\n')
}

// memory is what a behaviour keeps between calls.
type memory[T any] struct {
	mu   sync.Mutex
	kept map[string]T
}

// keep gives what is kept under a name; the first to come puts it there.
func (m *memory[T]) keep(name string, value T) T {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]T{}
	}
	if _, has := m.kept[name]; !has {
		m.kept[name] = value
	}
	return m.kept[name]
}

func (m *memory[T]) get(name string) (T, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	value, has := m.kept[name]
	return value, has
}

// base is a cursor without what numbered adds.
func base(cursor string) string {
	before, _, _ := strings.Cut(cursor, "~")
	return before
}
