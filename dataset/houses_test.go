package dataset

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/houses.csv anew")

// houses makes testdata/houses.csv: 200 invented houses whose price depends on
// their size, age, district, heating and distance from the centre, and on chance
// by some five per cent. Everything is computed in integers, so that every
// machine makes the same file.
func houses() []byte {
	districts := []struct {
		name  string
		price int // of a square metre
	}{{"harbour", 3400}, {"hill", 4100}, {"old town", 3800}, {"riverside", 3600}, {"station", 2500}}
	heatings := []struct {
		name  string
		price int
	}{{"district", 8000}, {"gas", 0}, {"heat pump", 21000}, {"oil", -12000}}
	streets := []string{"Acacia Road", "Birch Lane", "Cedar Street", "Elm Close", "Linden Way"}
	words := rand.NewPCG(1, 2)
	below := func(n int) int { return int(words.Uint64() % uint64(n)) }
	sometimes := func(percent int, cell string) string {
		if below(100) < percent {
			return ""
		}
		return cell
	}

	var b bytes.Buffer
	b.WriteString("address,area,rooms,built,district,heating,garden,distance,price\n")
	for i := range 200 {
		area := 45 + below(90) + below(90)
		rooms := min(max(area/30+below(2), 1), 7)
		built := 1900 + below(124)
		district, heating := districts[below(5)], heatings[below(4)]
		garden := []string{"no", "yes"}[below(2)]
		metres := 300 + below(9700)
		price := 60000 + area*district.price + heating.price + (built-1900)*450 - metres*7
		if garden == "yes" {
			price += 18000
		}
		price = price / 1000 * (950 + below(101)) / 100 * 100 // chance, and round to hundreds
		fmt.Fprintf(&b, "%d %s,%d,%d,%s,%s,%s,%s,%s,%d\n", i+1, streets[below(5)], area, rooms,
			sometimes(6, fmt.Sprint(built)), district.name, sometimes(4, heating.name), garden,
			sometimes(3, fmt.Sprintf("%d.%d", metres/1000, metres/100%10)), price)
	}
	return b.Bytes()
}

// TestHouses sees that the file is what houses makes; go test -run TestHouses
// -update writes it.
func TestHouses(t *testing.T) {
	const path = "testdata/houses.csv"
	if *update {
		if err := os.WriteFile(path, houses(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.ReplaceAll(file, []byte("\r\n"), []byte("\n")), houses()) {
		t.Errorf("%s is not what houses makes; write it anew with: go test ./dataset -run TestHouses -update", path)
	}
}
