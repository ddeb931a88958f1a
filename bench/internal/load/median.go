package load

import "slices"

// Number is what can be measured.
type Number interface{ ~int | ~int64 | ~float64 }

// Median is the middle of the values, or the mean of the two in the middle; 0 of none.
func Median[N Number](values []N) N {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// Percentile is the smallest value that p percent of the values do not exceed (nearest rank); 0 of none.
func Percentile[N Number](values []N, p int) N {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := (len(sorted)*p + 99) / 100
	return sorted[max(rank, 1)-1]
}
