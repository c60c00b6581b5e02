//! The generator's own randomness: a hash of names and a stream of numbers, both fixed for all time, so
//! that the same seed gives the same bytes on every machine and in every release.

/// FNV-1a over the parts, each closed by a byte that UTF-8 never holds, stirred at the end.
pub(super) fn hash(seed: u64, parts: &[&str]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325 ^ seed;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0xff])) {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    stir(state)
}

/// A number in `[-1, 1]` that belongs to these names.
pub(super) fn signed_unit(seed: u64, parts: &[&str]) -> f64 {
    unit(hash(seed, parts)) * 2.0 - 1.0
}

/// SplitMix64.
pub(super) struct Rng(u64);

impl Rng {
    /// A stream that belongs to these names.
    pub(super) fn of(seed: u64, parts: &[&str]) -> Self {
        Self(hash(seed, parts))
    }

    /// A whole number from `low` to `high`, both included; `low` when they are the wrong way round.
    pub(super) fn within(&mut self, low: i32, high: i32) -> i32 {
        let span = u64::from(high.abs_diff(low)) + 1;
        if high < low {
            return low;
        }
        i32::try_from(self.next() % span).map_or(low, |step| low.saturating_add(step))
    }

    /// True once in `1 / share` times.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        unit(self.next()) < share
    }

    /// One of the items; `None` of none.
    pub(super) fn pick<'t, T>(&mut self, items: &'t [T]) -> Option<&'t T> {
        let last = i32::try_from(items.len()).ok()?.checked_sub(1)?;
        items.get(usize::try_from(self.within(0, last)).ok()?)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        stir(self.0)
    }
}

fn stir(mut state: u64) -> u64 {
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

/// A number in `[0, 1)` from the upper half.
fn unit(number: u64) -> f64 {
    f64::from(u32::try_from(number >> 32).unwrap_or(0)) / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_splitmix64() {
        let mut rng = Rng(0);
        assert_eq!([rng.next(), rng.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn names_are_kept_apart() {
        assert_ne!(hash(1, &["ab", "c"]), hash(1, &["a", "bc"]));
        assert_ne!(hash(1, &["a"]), hash(2, &["a"]));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        let mut rng = Rng::of(7, &["bounds"]);
        let drawn: Vec<i32> = (0..500).map(|_| rng.within(-2, 2)).collect();
        assert!((-2..=2).all(|number| drawn.contains(&number)));
        assert_eq!(drawn.iter().filter(|number| number.abs() > 2).count(), 0);
        assert_eq!(rng.within(5, 1), 5);
        assert_eq!(rng.pick::<u8>(&[]), None);
    }
}
