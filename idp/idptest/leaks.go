package idptest

import (
	"maps"
	"runtime"
	"slices"
	"strings"
)

// goroutines are the stacks of all goroutines by their number.
func goroutines() map[string]string {
	buffer := make([]byte, 1<<16)
	for {
		n := runtime.Stack(buffer, true)
		if n < len(buffer) {
			buffer = buffer[:n]
			break
		}
		buffer = make([]byte, 2*len(buffer))
	}
	stacks := map[string]string{}
	for stack := range strings.SplitSeq(string(buffer), "\n\n") {
		// "goroutine 42 [select]:"
		if fields := strings.Fields(stack); len(fields) > 1 {
			stacks[fields[1]] = stack
		}
	}
	return stacks
}

// started are the goroutines that were not there before.
func started(before map[string]string) map[string]string {
	now := goroutines()
	maps.DeleteFunc(now, func(number, _ string) bool {
		_, old := before[number]
		return old
	})
	return now
}

func describe(stacks map[string]string) string {
	return strings.Join(slices.Sorted(maps.Values(stacks)), "\n\n")
}
