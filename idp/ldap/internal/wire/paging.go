package wire

import (
	ber "github.com/go-asn1-ber/asn1-ber"
)

// pagedResults is both the request's and the answer's control (RFC 2696).
const pagedResults = "1.2.840.113556.1.4.319"

// pagingControls are the controls of a request for one page.
func pagingControls(size int, cookie string) *ber.Packet {
	value := sequence(integer(ber.TagInteger, int64(size)), text(cookie))
	return constructed(ber.ClassContext, 0, sequence(text(pagedResults), text(string(value.Bytes()))))
}

// decodePaging looks for the cookie among the controls of an answer.
func decodePaging(rest string) (cookie string, found bool, err error) {
	if len(rest) == 0 || rest[0] != tagControls {
		return "", false, nil
	}
	controls, _, err := take(rest, tagControls)
	for err == nil && len(controls) > 0 {
		var control string
		if control, controls, err = take(controls, tagSequence); err != nil {
			break
		}
		var kind string
		if kind, control, err = take(control, tagOctetString); err == nil && kind == pagedResults {
			cookie, err = decodeCookie(control)
			return cookie, err == nil, err
		}
	}
	return "", false, err
}

// decodeCookie reads the control after its type. The number beside the cookie
// is a guess at the size of the whole, of which nobody knows how good it is.
func decodeCookie(control string) (string, error) {
	if len(control) > 0 && control[0] == tagBoolean {
		var err error
		if _, control, err = take(control, tagBoolean); err != nil { // criticality
			return "", err
		}
	}
	value, _, err := take(control, tagOctetString)
	if err != nil {
		return "", err
	}
	value, _, err = take(value, tagSequence)
	if err != nil {
		return "", err
	}
	_, value, err = takeNumber(value, tagInteger)
	if err != nil {
		return "", err
	}
	cookie, _, err := take(value, tagOctetString)
	return cookie, err
}
