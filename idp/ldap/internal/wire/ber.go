package wire

import (
	"errors"
	"math"
)

// Identifier octets of what LDAP is made of (RFC 4511, section 5.1 and
// appendix B): class, form and number in one, since LDAP has no number above 30.
const (
	tagBoolean     = 0x01
	tagInteger     = 0x02
	tagOctetString = 0x04
	tagEnumerated  = 0x0a
	tagSequence    = 0x30
	tagSet         = 0x31
)

// What is wrong with an encoding. The first is no more than a lack of bytes,
// which a connection may yet bring.
var (
	errTruncated  = errors.New("it ends too early")
	errIndefinite = errors.New("it has an indefinite length")
	errLength     = errors.New("it has a length beyond all measure")
	errTag        = errors.New("it has an element of the wrong type")
	errNumber     = errors.New("it has a malformed number")
)

// octets are encoded bytes: a slice while they lie in the buffer, a string
// when parts of them are kept.
type octets interface{ string | []byte }

// header reads identifier and length at the start of b (X.690, sections 8.1.2
// and 8.1.3). The contents are b[start:start+length], which may be longer than
// b is.
func header[T octets](b T) (tag byte, start, length int, err error) {
	if len(b) < 2 {
		return 0, 0, 0, errTruncated
	}
	tag = b[0]
	if tag&0x1f == 0x1f {
		return 0, 0, 0, errTag
	}
	if b[1] < 0x80 {
		return tag, 2, int(b[1]), nil
	}
	count := int(b[1] & 0x7f)
	switch {
	case count == 0:
		return 0, 0, 0, errIndefinite
	case count > 8:
		return 0, 0, 0, errLength
	case len(b) < 2+count:
		return 0, 0, 0, errTruncated
	}
	var n uint64
	for i := 2; i < 2+count; i++ {
		n = n<<8 | uint64(b[i])
	}
	if n > math.MaxInt32 {
		return 0, 0, 0, errLength
	}
	return tag, 2 + count, int(n), nil
}

// split parts the first element of b from the others.
func split[T octets](b T) (tag byte, contents, rest T, err error) {
	tag, start, length, err := header(b)
	if err == nil && length > len(b)-start {
		err = errTruncated
	}
	if err != nil {
		return 0, contents, rest, err
	}
	return tag, b[start : start+length], b[start+length:], nil
}

// take is split for an element of a known type.
func take[T octets](b T, want byte) (contents, rest T, err error) {
	tag, contents, rest, err := split(b)
	if err == nil && tag != want {
		err = errTag
	}
	return contents, rest, err
}

// takeNumber takes an INTEGER or ENUMERATED of at most eight octets.
func takeNumber[T octets](b T, want byte) (n int64, rest T, err error) {
	contents, rest, err := take(b, want)
	if err != nil {
		return 0, rest, err
	}
	if len(contents) == 0 || len(contents) > 8 {
		return 0, rest, errNumber
	}
	n = int64(int8(contents[0]))
	for i := 1; i < len(contents); i++ {
		n = n<<8 | int64(contents[i])
	}
	return n, rest, nil
}

// takeStrings takes a SEQUENCE or SET of OCTET STRINGs, and appends them to
// list.
func takeStrings(b string, want byte, list []string) (longer []string, rest string, err error) {
	contents, rest, err := take(b, want)
	for err == nil && len(contents) > 0 {
		var value string
		if value, contents, err = take(contents, tagOctetString); err == nil {
			list = append(list, value)
		}
	}
	return list, rest, err
}
