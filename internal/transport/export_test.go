package transport

import (
	"net/http"
	"time"
)

// WithDefaults fills what the caller left open.
func (c Config) WithDefaults() Config { return c.withDefaults() }

// Watching is the layer that ends answers whose body falls silent.
func Watching(base *http.Transport, silence time.Duration) http.RoundTripper {
	return watching{layer: base, silence: silence}
}
