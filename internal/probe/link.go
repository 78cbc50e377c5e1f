package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"
)

// Link is what was seen of a client that connects.
type Link struct {
	// Proxy is the host of the proxy that the connection goes through, if any:
	// then its name is looked up, and it is reached.
	Proxy string

	mu      sync.Mutex
	asking  string // the name that is being looked up
	lookups []lookup
	dials   []dial
	shaking bool                 // a handshake has begun
	state   *tls.ConnectionState // of the last one that ended well
}

type lookup struct {
	host      string
	addresses []string
	err       error
}

type dial struct {
	network, address string
	err              error
}

// Watch gives a context under which connections are looked on at, by the hooks
// that net and net/http have for it. Other clients tell of TLS by [Shook].
func Watch(ctx context.Context) (context.Context, *Link) {
	l := &Link{}
	locked := func(see func()) {
		l.mu.Lock()
		defer l.mu.Unlock()
		see()
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(info httptrace.DNSStartInfo) { locked(func() { l.asking = info.Host }) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			locked(func() {
				seen := lookup{host: l.asking, err: info.Err}
				for _, address := range info.Addrs {
					seen.addresses = append(seen.addresses, address.String())
				}
				l.lookups = append(l.lookups, seen)
			})
		},
		ConnectDone: func(network, address string, err error) {
			if !isDNS(network, address) {
				locked(func() { l.dials = append(l.dials, dial{network, address, err}) })
			}
		},
		TLSHandshakeStart: func() { locked(func() { l.shaking = true }) },
		TLSHandshakeDone: func(state tls.ConnectionState, err error) {
			locked(func() {
				if err == nil {
					l.state = &state
				}
			})
		},
	}), l
}

// isDNS tells the connections of a lookup from those that it is for.
func isDNS(network, address string) bool {
	_, port, err := net.SplitHostPort(address)
	return strings.HasPrefix(network, "udp") || err == nil && port == "53"
}

// Shook tells whoever watches of the end of a handshake, as net/http does.
func Shook(ctx context.Context, state tls.ConnectionState, err error) {
	if trace := httptrace.ContextClientTrace(ctx); trace != nil && trace.TLSHandshakeDone != nil {
		trace.TLSHandshakeDone(state, err)
	}
}

// Tell reports [Name], [Connect] and [TLS], and says whether the connection
// stands: then err, with which its first use ended, is about something else.
// encrypted says whether it was to be.
func (l *Link) Tell(c *Checklist, encrypted bool, err error) (stands bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var reached *dial
	for i := range l.dials {
		if l.dials[i].err == nil {
			reached = &l.dials[i]
		}
	}
	if err != nil && len(l.dials) == 0 && !l.knowsAddress() {
		c.Fail(Name, err)
		return false
	}
	c.OK(Name, "%s", l.names())
	if err != nil && reached == nil {
		c.Fail(Connect, err)
		return false
	}
	if err != nil && encrypted && l.Proxy != "" && !l.shaking {
		step := Failed(Connect, err)
		step.Mend = "does the proxy of the environment (HTTPS_PROXY) let it through? NO_PROXY goes past it"
		c.Add(step)
		return false
	}
	c.OK(Connect, "%s", l.ways())
	switch {
	case !encrypted && reached != nil && reached.isLocal():
		c.OK(TLS, "none, and none needed: the connection does not leave this machine")
	case !encrypted:
		c.Warn(TLS, "encrypt it where the network is not trusted", "none: others on the way can read what is sent")
	case l.state == nil && err != nil:
		c.Fail(TLS, err)
		return false
	default:
		c.Add(handshake(l.state, time.Now()))
	}
	return true
}

func (l *Link) knowsAddress() bool {
	for _, seen := range l.lookups {
		if seen.err == nil {
			return true
		}
	}
	return false
}

// names says what the names of hosts lead to.
func (l *Link) names() string {
	var parts []string
	for _, seen := range l.lookups {
		if seen.err != nil {
			parts = append(parts, seen.err.Error())
			continue
		}
		parts = append(parts, seen.host+" is "+few(seen.addresses))
	}
	if len(parts) == 0 {
		return "an address is given, there is nothing to look up"
	}
	return strings.Join(parts, "; ")
}

// ways says which addresses were tried.
func (l *Link) ways() string {
	var parts []string
	for _, tried := range l.dials {
		if tried.err == nil {
			parts = append(parts, "reached "+tried.address)
			continue
		}
		parts = append(parts, "not "+tried.address)
	}
	way := strings.Join(parts, ", ")
	if l.Proxy != "" {
		way += ", the proxy " + l.Proxy + " of the environment"
	}
	return way
}

func (d *dial) isLocal() bool {
	if strings.HasPrefix(d.network, "unix") {
		return true
	}
	host, _, err := net.SplitHostPort(d.address)
	return err == nil && net.ParseIP(host).IsLoopback()
}

// soon is how long before its end a certificate is worth a word.
const soon = 30 * 24 * time.Hour

// handshake says what TLS agreed on, and how long the certificate is good. Who
// verified it was the client.
func handshake(state *tls.ConnectionState, now time.Time) Step {
	s := Step{Name: TLS, Outcome: OK}
	if state == nil || len(state.PeerCertificates) == 0 {
		s.Detail = "as agreed before"
		return s
	}
	chain := state.PeerCertificates[:1]
	if len(state.VerifiedChains) > 0 {
		chain = state.VerifiedChains[0]
	}
	end := chain[0].NotAfter
	var signers []string
	for _, signer := range chain[1:] {
		signers = append(signers, nameOf(signer))
		if signer.NotAfter.Before(end) {
			end = signer.NotAfter
		}
	}
	names := append([]string{}, chain[0].DNSNames...)
	for _, ip := range chain[0].IPAddresses {
		names = append(names, ip.String())
	}
	s.Detail = fmt.Sprintf("%s, certificate for %s", tls.VersionName(state.Version), few(names))
	if len(signers) > 0 {
		s.Detail += ", signed by " + strings.Join(signers, ", ")
	}
	s.Detail += ", good until " + end.UTC().Format(time.DateOnly)
	if left := end.Sub(now); left < soon {
		s.Outcome, s.Mend = Warn, "have it renewed before then"
		s.Detail += ", " + days(left) + " from now"
	}
	return s
}

func days(d time.Duration) string {
	switch n := int(d / (24 * time.Hour)); n {
	case 0:
		return "less than a day"
	case 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}

func nameOf(c *x509.Certificate) string {
	switch {
	case c.Subject.CommonName != "":
		return c.Subject.CommonName
	case len(c.Subject.Organization) > 0:
		return c.Subject.Organization[0]
	default:
		return "an authority without a name"
	}
}

// few are the first of several names.
func few(names []string) string {
	const most = 3
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
