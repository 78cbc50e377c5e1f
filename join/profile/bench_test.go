package profile

import (
	"fmt"
	"runtime"
	"testing"

	"cohort/idp"
)

// BenchmarkAdd counts people with a hundred attributes, of which each has as
// many different values as are counted; what is kept does not grow with the
// people.
func BenchmarkAdd(b *testing.B) {
	names := make([]string, 100)
	for i := range names {
		names[i] = fmt.Sprintf("attribute%d", i)
	}
	values := make([]string, MostValues)
	for i := range values {
		values[i] = fmt.Sprintf("a value of usual length, number %d", i)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := New(true)
	one := idp.Person{All: make([]idp.Attribute, len(names))}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for i, name := range names {
			one.All[i] = idp.Attribute{Name: name, Value: idp.TextOf(values[(n+i)%len(values)])}
		}
		p.Add(one)
		n++
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
	runtime.KeepAlive(p)
}
