package transport

// WithDefaults fills what the caller left open.
func (c Config) WithDefaults() Config { return c.withDefaults() }
