package okta

import (
	"net/url"
	"strconv"
	"strings"

	"cohort/internal/fault"
)

// orgOf reads okta://HOST[:PORT] and gives the origin that is asked:
// https://HOST[:PORT]. The errors do not repeat the URL, since people paste
// tokens into URLs.
func orgOf(text string) (origin string, err error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil:
		return "", badURL("it is not a URL")
	case strings.ToLower(u.Scheme) != "okta":
		return "", badURL("it does not begin with okta://")
	case u.User != nil:
		return "", fault.New(fault.Usage, "set OKTA_CLIENT_TOKEN", "--idp: the URL holds a user or a password")
	case u.Opaque != "" || u.Hostname() == "":
		return "", badURL("it has no host")
	case u.Path != "" && u.Path != "/", u.RawQuery != "" || u.ForceQuery, u.Fragment != "":
		return "", badURL("it has more than host and port")
	}
	host := strings.ToLower(u.Hostname())
	if strings.ContainsFunc(host, notInHost) {
		return "", badURL("the host holds a character that no host has")
	}
	if first, rest, _ := strings.Cut(host, "."); strings.HasSuffix(first, "-admin") && isOktas(rest) {
		return "", fault.New(fault.Usage, "leave out -admin", "--idp: this is the address of the org's administrators' pages, not of its API")
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return "", badURL("the port is not a number from 1 to 65535")
		}
		if number != 443 {
			host += ":" + strconv.FormatUint(number, 10)
		}
	}
	return "https://" + host, nil
}

// isOktas is true for the domains under which Okta keeps orgs.
func isOktas(domain string) bool {
	for _, own := range []string{"okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil", "trexcloud.com"} {
		if domain == own || strings.HasSuffix(domain, "."+own) {
			return true
		}
	}
	return false
}

func notInHost(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`/?#@\<>"{}|^%`+"`", r)
}

func badURL(why string) error {
	return fault.New(fault.Usage, "it reads okta://acme.okta.com", "--idp: the Okta URL is not right: %s", why)
}
