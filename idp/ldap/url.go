package ldap

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"cohort/internal/fault"
)

// address is an LDAP URL in its parts, percent-decoded (RFC 4516, section 2).
type address struct {
	scheme     string // ldap, ldaps or ldapi
	host       string // a name, an IP address without brackets, a path with ldapi, or empty
	port       string // empty when the URL has none
	base       string
	attributes []string
	scope      string // base, one, sub, or empty
	filter     string
	extensions []extension
}

// parseAddress reads an LDAP URL. The errors do not repeat the URL. It is more
// patient than the RFC in one thing: what needs no percent-encoding to be
// understood, such as a blank in a DN, may stand as it is.
func parseAddress(raw string) (address, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return address{}, badURL("it does not begin with ldap://, ldaps:// or ldapi://")
	}
	a := address{scheme: strings.ToLower(scheme)}
	switch a.scheme {
	case "ldap", "ldaps", "ldapi":
	default:
		return address{}, badURL("it does not begin with ldap://, ldaps:// or ldapi://")
	}

	authority, rest, hasPath := cutAny(rest, "/?#")
	setHost := a.setAuthority
	if a.scheme == "ldapi" {
		setHost = a.setSocket
	}
	if err := setHost(authority); err != nil {
		return address{}, err
	}
	if !hasPath {
		return a, nil
	}
	if rest[0] != '/' {
		return address{}, badURL("a / is missing between host and " + rest[:1])
	}
	if err := a.setParts(strings.Split(rest[1:], "?")); err != nil {
		return address{}, err
	}
	return a, nil
}

// Named gives the base and the filter that an LDAP URL names itself, each empty
// where it names none.
func Named(url string) (base, filter string) {
	a, err := parseAddress(url)
	if err != nil {
		return "", ""
	}
	return a.base, a.filter
}

// setAuthority reads [host [":" port]] (RFC 3986, section 3.2).
func (a *address) setAuthority(authority string) error {
	if strings.Contains(authority, "@") {
		return fault.New(fault.Usage, "use --ldap-bind-dn, and a file or the environment for the password",
			"--idp: the URL holds a user or a password")
	}
	host, port, err := cutPort(authority)
	if err != nil {
		return err
	}
	if host, err = decode(host); err != nil {
		return err
	}
	return a.setHost(host, port)
}

// cutPort cuts host and port apart, and the brackets off an IPv6 address.
func cutPort(authority string) (host, port string, err error) {
	inner, bracketed := strings.CutPrefix(authority, "[")
	switch {
	case bracketed:
		literal, after, closed := strings.Cut(inner, "]")
		if !closed || (after != "" && after[0] != ':') {
			return "", "", badURL("the brackets around the IPv6 address do not match")
		}
		if !strings.Contains(literal, ":") {
			return "", "", badURL("there is no IPv6 address in the brackets")
		}
		return literal, strings.TrimPrefix(after, ":"), nil
	case strings.Count(authority, ":") > 1:
		return "", "", badURL("an IPv6 address needs brackets: [::1]")
	}
	host, port, _ = strings.Cut(authority, ":")
	return host, port, nil
}

// setHost takes a host as it is: a name, or an address, an IPv6 one perhaps
// with a zone.
func (a *address) setHost(host, port string) error {
	if host == "" && port != "" {
		return badURL("there is a port and no host")
	}
	if strings.Contains(host, ":") {
		if _, err := netip.ParseAddr(host); err != nil {
			return badURL("the IPv6 address is none")
		}
	} else if strings.Contains(host, "%") {
		return badURL("the host holds a character that no host has")
	}
	if strings.ContainsFunc(host, notInHost) {
		return badURL("the host holds a character that no host has")
	}
	if port != "" {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return badURL("the port is not a number from 1 to 65535")
		}
		port = strconv.FormatUint(number, 10)
	}
	a.host, a.port = host, port
	return nil
}

// defaultSocket is where OpenLDAP's slapd listens on a machine of its own.
const defaultSocket = "/var/run/slapd/ldapi"

// setSocket reads the percent-encoded path of a Unix domain socket, as
// OpenLDAP has it: ldapi://%2Frun%2Fldapi.
func (a *address) setSocket(authority string) error {
	path, err := decode(authority)
	switch {
	case err != nil:
		return err
	case path == "":
		path = defaultSocket
	case path[0] != '/':
		return badURL("the path of the socket is not absolute: ldapi://%2Frun%2Fldapi")
	}
	a.host = path
	return nil
}

func notInHost(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune(`/?#[]@\<>"`, r)
}

// setParts reads dn?attributes?scope?filter?extensions.
func (a *address) setParts(parts []string) error {
	const most = 5
	if len(parts) > most {
		return badURL("it has more than four question marks; one inside a filter is written %3f")
	}
	parts = append(parts, make([]string, most-len(parts))...)
	var err error
	if a.base, err = decode(parts[0]); err != nil {
		return err
	}
	for name := range strings.SplitSeq(parts[1], ",") {
		if name, err = decode(name); err != nil {
			return err
		}
		if name != "" {
			a.attributes = append(a.attributes, name)
		}
	}
	switch scope := strings.ToLower(parts[2]); scope {
	case "", "base", "one", "sub":
		a.scope = scope
	default:
		return badURL("its scope is not base, one or sub")
	}
	if a.filter, err = decode(parts[3]); err != nil {
		return err
	}
	for part := range strings.SplitSeq(parts[4], ",") {
		if err := a.addExtension(part); err != nil {
			return err
		}
	}
	return nil
}

// String writes the address as a URL that parses to itself.
func (a address) String() string {
	var b strings.Builder
	b.WriteString(a.scheme + "://")
	switch {
	case a.scheme == "ldapi":
		b.WriteString(encode(a.host, "/:"))
	case strings.Contains(a.host, ":"):
		b.WriteString("[" + encode(a.host, "") + "]")
	default:
		b.WriteString(encode(a.host, ":"))
	}
	if a.port != "" {
		b.WriteString(":" + a.port)
	}
	names := make([]string, len(a.attributes))
	for i, name := range a.attributes {
		names[i] = encode(name, ",")
	}
	extensions := make([]string, len(a.extensions))
	for i, e := range a.extensions {
		if e.critical {
			extensions[i] = "!"
		}
		// A name that begins with the mark of a critical one, or holds "=".
		extensions[i] += encode(e.name, ",=!")
		if e.value != "" {
			extensions[i] += "=" + encode(e.value, ",")
		}
	}
	tail := "/" + strings.Join([]string{
		encode(a.base, ""), strings.Join(names, ","), a.scope,
		encode(a.filter, ""), strings.Join(extensions, ","),
	}, "?")
	if tail = strings.TrimRight(tail, "?"); tail != "/" {
		b.WriteString(tail)
	}
	return b.String()
}

// encode writes what would end a part, or not show, as %XX.
func encode(s, also string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`?%#"<>`, c) >= 0 || strings.IndexByte(also, c) >= 0 {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func decode(s string) (string, error) {
	decoded, err := url.PathUnescape(s)
	if err != nil {
		return "", badURL("a % is not followed by two hexadecimal digits")
	}
	return decoded, nil
}

func cutAny(s, separators string) (before, rest string, found bool) {
	if i := strings.IndexAny(s, separators); i >= 0 {
		return s[:i], s[i:], true
	}
	return s, "", false
}

func badURL(why string) error {
	return fault.New(fault.Usage, "it reads ldap://HOST:PORT/BASE-DN??SCOPE?FILTER",
		"--idp: the LDAP URL is not right: %s", why)
}
