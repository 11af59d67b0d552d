use super::*;

const SIDE: usize = 28;

/// The first test image of MNIST (see assets/mnist/LICENSE.md), a 7, in sixteenths of the brightest pixel.
const SEVEN: &str = "
............................
............................
............................
............................
............................
............................
............................
......5b9932................
......dfffffcccccccca3......
......4747aefeffffeff8......
...........14044431ef6......
..................5fd1......
.................1ef5.......
.................8fe2.......
................3ff3........
................8fb.........
...............0cf3.........
...............7fb..........
..............4ff3..........
.............1dfa...........
.............cfd2...........
............2ff4............
...........1ef7.............
...........8ff3.............
..........3fff3.............
..........7ffd2.............
..........7fc1..............
............................";

fn seven() -> Picture {
    let pixels = SEVEN.chars().filter(|letter| !letter.is_whitespace());
    let ink = pixels.map(|letter| letter.to_digit(16).unwrap_or(0) as f32 / 15.0).collect();
    Picture { width: SIDE, ink }
}

fn picture(image: Vec<f32>) -> Picture {
    Picture { width: SIDE, ink: image }
}

/// The image has its centre of mass in the middle of pixel (14, 14), and its longer side is 20 pixels. A side of 20 pixels
/// that lies across the pixels touches 21 of them.
fn assert_centred(image: &[f32], what: &str) {
    assert!(image.len() == SIDE * SIDE && image.iter().all(|ink| (0.0..=1.0).contains(ink)), "{what}");
    let image = picture(image.to_vec());
    let (x, y) = image.centre_of_mass().unwrap();
    assert!((x - 14.5).abs() < 0.5 && (y - 14.5).abs() < 0.5, "{what}: the centre is ({x}, {y})");
    assert!((20.0..=21.0).contains(&image.longer_side()), "{what}: {} pixels long", image.longer_side());
}

#[test]
fn an_image_of_mnist_stays_within_a_pixel_of_itself() {
    let before = seven();
    assert_eq!(before.longer_side(), 20.0);
    let after = image_of_picture(&before, ImageSize::MNIST).unwrap();
    assert_centred(&after, "a seven");
    let mass = |ink: &[f32]| ink.iter().sum::<f32>();
    assert!((mass(&after) - mass(&before.ink)).abs() < 0.01, "ink comes or goes");
    let (from, to) = (before.centre_of_mass().unwrap(), picture(after.clone()).centre_of_mass().unwrap());
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    assert!(dx.abs() <= 1.0 && dy.abs() <= 1.0, "moved by ({dx}, {dy})");
    // Each pixel is a mean of those beside which it came to lie.
    for (at, ink) in after.iter().enumerate() {
        let near = |dx: isize, dy: isize| {
            let (x, y) = ((at % SIDE) as isize + dx, (at / SIDE) as isize + dy);
            let inside = (0..SIDE as isize).contains(&x) && (0..SIDE as isize).contains(&y);
            if inside { before.ink[y as usize * SIDE + x as usize] } else { 0.0 }
        };
        let around = || (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| near(dx, dy)));
        let (least, most) = around().fold((1.0_f32, 0.0_f32), |(a, b), v| (a.min(v), b.max(v)));
        assert!((least - 1e-5..=most + 1e-5).contains(ink), "pixel {at} became {ink}");
    }
}

/// An enlarged image comes back as the image of its own size: the mean over each square.
#[test]
fn the_size_of_a_picture_does_not_matter() {
    let small = seven();
    let large = |by: usize| {
        let side = by * SIDE;
        let ink = (0..side * side).map(|at| small.ink[at / side / by * SIDE + at % side / by]).collect();
        image_of_picture(&Picture { width: side, ink }, ImageSize::MNIST).unwrap()
    };
    let one = image_of_picture(&small, ImageSize::MNIST).unwrap();
    for by in [2, 5] {
        let difference = one.iter().zip(large(by)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(difference < 1e-4, "{by} times as large differs by {difference}");
    }
}

/// A zigzag, drawn at any place and size.
fn zigzag(left: f64, top: f64, size: f64) -> Vec<Vec<Point>> {
    let corners = [(0.0, 0.0), (0.6, 0.1), (0.0, 0.7), (0.6, 1.0)];
    let side = corners.windows(2).flat_map(|ends| {
        (0..10).map(|step| {
            let t = f64::from(step) / 10.0;
            let (from, to) = (ends[0], ends[1]);
            (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1))
        })
    });
    vec![side.map(|(x, y)| (left + size * x, top + size * y)).collect(), vec![(left, top + size)]]
}

#[test]
fn drawings_are_centred_wherever_and_however_large() {
    let whole = image_of_strokes(&zigzag(0.1, 0.1, 0.8), ImageSize::MNIST).unwrap();
    assert_centred(&whole, "a zigzag");
    for (left, top, size) in [(0.0, 0.0, 1.0), (0.6, 0.5, 0.3), (0.3, 0.8, 0.15)] {
        let other = image_of_strokes(&zigzag(left, top, size), ImageSize::MNIST).unwrap();
        let difference = whole.iter().zip(&other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        // The pen's edge may fall on the other side of an element's middle.
        assert!(difference < 0.05, "at ({left}, {top}), {size} large: {difference}");
    }
    let wide = image_of_strokes(&[vec![(0.2, 0.5), (0.5, 0.45), (0.9, 0.5)]], ImageSize::MNIST).unwrap();
    assert_centred(&wide, "a line");
}

/// The ink of a straight line is its length times the pen's width, and two half discs at its ends.
#[test]
fn a_line_has_the_ink_of_a_pen() {
    let image = image_of_strokes(&[vec![(0.5, 0.2), (0.5, 0.8)]], ImageSize::MNIST).unwrap();
    let ink: f64 = image.iter().map(|ink| f64::from(*ink)).sum();
    let expected = (20.0 - PEN) * PEN + std::f64::consts::PI * PEN * PEN / 4.0;
    assert!((ink / expected - 1.0).abs() < 0.06, "{ink} of {expected}");
}

#[test]
fn a_dot_stays_a_dot_and_nothing_is_nothing() {
    let dot = image_of_strokes(&[vec![(0.9, 0.1)]], ImageSize::MNIST).unwrap();
    let ink: f32 = dot.iter().sum();
    assert!((ink - 4.15).abs() < 0.3 && dot[14 * SIDE + 14] > 0.99, "{ink}");
    assert_eq!(image_of_strokes(&[], ImageSize::MNIST), None);
    assert_eq!(image_of_strokes(&[vec![]], ImageSize::MNIST), None);
    assert_eq!(image_of_picture(&Picture { width: 3, ink: vec![0.0; 9] }, ImageSize::MNIST), None);
    assert_eq!(image_of_picture(&Picture { width: 0, ink: vec![] }, ImageSize::MNIST), None);
}

#[test]
fn smooth_lines_begin_and_end_where_the_hand_did() {
    let stroke = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)];
    let line = smooth_line(&stroke);
    assert_eq!((line[0], line[line.len() - 1]), (stroke[0], stroke[2]));
    assert!(line.iter().all(|&(x, y)| (0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y)));
    assert!(!line.contains(&(1.0, 0.0)), "the corner is still there");
    assert_eq!((smooth_line(&stroke[..1]), smooth_line(&[])), (vec![stroke[0]], vec![]));
}

#[test]
fn images_of_another_size_are_drawn_alike() {
    let strokes = zigzag(0.1, 0.1, 0.8);
    for (height, width) in [(8, 8), (14, 14), (56, 56), (64, 40), (20, 32), (1, 1), (1, 64)] {
        let image = image_of_strokes(&strokes, ImageSize { channels: 1, height, width }).unwrap();
        assert_eq!(image.len(), (height * width) as usize);
        assert!(image.iter().all(|ink| (0.0..=1.0).contains(ink)) && image.iter().any(|ink| *ink > 0.0));
        if height.min(width) < 8 {
            continue;
        }
        let drawn = Picture { width: width as usize, ink: image };
        let side = f64::from(height.min(width));
        let (x, y) = drawn.centre_of_mass().unwrap();
        assert!((x - f64::from(width) / 2.0 - 0.5).abs() < 0.5, "{height} × {width}: {x}");
        assert!((y - f64::from(height) / 2.0 - 0.5).abs() < 0.5, "{height} × {width}: {y}");
        let longer = drawn.longer_side();
        assert!((longer - side * 20.0 / 28.0).abs() < 2.0, "{height} × {width}: {longer}");
    }
    // An image twice as large, averaged over squares of four pixels, has the same ink.
    let ink = |side: u32| {
        let image = image_of_strokes(&strokes, ImageSize { channels: 1, height: side, width: side }).unwrap();
        image.iter().sum::<f32>() / (side * side) as f32
    };
    assert!((ink(28) - ink(56)).abs() < 2e-3 && (ink(28) - ink(14)).abs() < 2e-3);
    assert!(can_be_drawn(ImageSize::MNIST) && !can_be_drawn(ImageSize { channels: 3, ..ImageSize::MNIST }));
}

#[test]
fn pixels_are_ink_or_colours() {
    let size = |channels| ImageSize { channels, height: 1, width: 2 };
    assert_eq!(rgba(&[0.0, 1.0], size(1), [1, 2, 3]), [1, 2, 3, 0, 1, 2, 3, 255]);
    let planes = [1.0, 0.2, 0.0, 0.4, 0.0, 0.6];
    assert_eq!(rgba(&planes, size(3), [1, 2, 3]), [255, 0, 0, 255, 51, 102, 153, 255]);
    // Nothing is shown of an image that is not there.
    assert_eq!(rgba(&[], size(3), [1, 2, 3]), [1, 2, 3, 0, 1, 2, 3, 0]);
}
