//! Tests of reading files of the user. The files are written by the safetensors library, and what they must give is written
//! down number by number.

use super::*;
use safetensors::tensor::serialize;

/// A network of 784 · 2 + 2 · 10 weights.
fn model() -> Model {
    Model::linear(&[2])
}

struct Made {
    name: String,
    kind: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

fn made(name: &str, kind: Dtype, shape: &[usize], bytes: Vec<u8>) -> Made {
    Made { name: name.into(), kind, shape: shape.to_vec(), bytes }
}

fn floats(values: impl IntoIterator<Item = f32>) -> Vec<u8> {
    values.into_iter().flat_map(f32::to_le_bytes).collect()
}

fn file(tensors: &[Made]) -> Vec<u8> {
    let views = tensors.iter().map(|Made { name, kind, shape, bytes }| {
        (name.as_str(), TensorView::new(*kind, shape.clone(), bytes).expect("bytes of the shape"))
    });
    serialize(views, None).expect("a file")
}

/// Weights that tell their place: the layer and the index.
fn weight(layer: usize, index: usize) -> f32 {
    layer as f32 + index as f32 / 4096.0
}

fn layer_weights(layer: usize, name: &str) -> Made {
    let (shape, count) = ([[2, 784], [10, 2]][layer], [1568, 20][layer]);
    made(name, Dtype::F32, &shape, floats((0..count).map(|index| weight(layer, index))))
}

fn read_first(tensors: &[Made]) -> Result<Parameters, NetworkFileError> {
    NetworkFile::open(&file(tensors), None).unwrap().first_parameters(&model())
}

fn read_mask(tensors: &[Made]) -> Result<Mask, NetworkFileError> {
    NetworkFile::open(&file(tensors), None).unwrap().mask(&model(), None)
}

#[test]
fn first_weights_are_those_of_an_export_or_of_plain_names_in_the_order_of_layers() {
    let weights: Vec<f32> = [(0, 1568), (1, 20)]
        .into_iter()
        .flat_map(|(layer, n)| (0..n).map(move |i| weight(layer, i)))
        .collect();
    let expected = |biases: [f32; 12]| Ok([&weights[..], &biases].concat());
    let [bias, last_bias] = [(2, 0.5), (10, -0.25)].map(|(count, value)| (count, floats(vec![value; count])));
    // Plain names with gaps, in an order that is not that of the numbers, and biases of the first layer alone.
    let mut biases = [0.0; 12];
    biases[..2].fill(0.5);
    let plain = [
        layer_weights(1, "10.weight"),
        made("2.bias", Dtype::F32, &[bias.0], bias.1),
        layer_weights(0, "2.weight"),
    ];
    assert_eq!(read_first(&plain), expected(biases));
    // Names of an export come first, whatever else there is.
    let export = [
        layer_weights(0, "first.0.weight"),
        layer_weights(1, "first.1.weight"),
        made("first.1.bias", Dtype::F32, &[last_bias.0], last_bias.1),
        layer_weights(0, "last.0.weight"),
        layer_weights(0, "0.weight"),
    ];
    let mut biases = [0.0; 12];
    biases[2..].fill(-0.25);
    assert_eq!(read_first(&export), expected(biases));
}

#[test]
fn kinds_of_numbers_are_read_as_the_same_weights() {
    // 0, 1.5, -2 and the largest half-precision number, written in hexadecimal as IEEE 754 has them.
    let second: Vec<f32> = [0.0, 1.5, -2.0, 65504.0].repeat(5);
    let bits = |numbers: [u16; 4]| numbers.repeat(5).into_iter().flat_map(u16::to_le_bytes).collect();
    let f64s = second.iter().flat_map(|number| f64::from(*number).to_le_bytes()).collect();
    let kinds = [
        (Dtype::F32, floats(second.clone()), 65504.0),
        (Dtype::F64, f64s, 65504.0),
        (Dtype::F16, bits([0, 0x3e00, 0xc000, 0x7bff]), 65504.0),
        (Dtype::BF16, bits([0, 0x3fc0, 0xc000, 0x4780]), 65536.0),
    ];
    for (kind, bytes, largest) in kinds {
        let found =
            read_first(&[layer_weights(0, "0.weight"), made("1.weight", kind, &[10, 2], bytes)]).unwrap();
        assert_eq!(found[1568..1572], [0.0, 1.5, -2.0, largest], "{kind:?}");
    }
}

/// A mask of the small network as numbers of some kind: all of the first layer's first unit, and every fifth of the last.
fn mask_tensors(kind: Dtype, bytes: impl Fn(bool) -> Vec<u8>) -> [Made; 2] {
    let first = (0..1568).flat_map(|index| bytes(index < 784)).collect();
    let last = (0..20).flat_map(|index| bytes(index % 5 == 0)).collect();
    [made("mask.0.weight", kind, &[2, 784], first), made("mask.1.weight", kind, &[10, 2], last)]
}

/// Writes a number of a mask.
type ByteWriter = Box<dyn Fn(bool) -> Vec<u8>>;

#[test]
fn masks_of_every_common_kind_are_the_same_mask() {
    let mut expected = vec![0; 1588];
    expected[..784].fill(1);
    for at in [1568, 1573, 1578, 1583] {
        expected[at] = 1;
    }
    let little =
        |bytes: usize| move |on: bool| [u8::from(on)].into_iter().chain(vec![0; bytes - 1]).collect();
    let kinds: [(Dtype, ByteWriter); 12] = [
        (Dtype::BOOL, Box::new(little(1))),
        (Dtype::U8, Box::new(little(1))),
        (Dtype::I8, Box::new(little(1))),
        (Dtype::U16, Box::new(little(2))),
        (Dtype::I16, Box::new(little(2))),
        (Dtype::U32, Box::new(little(4))),
        (Dtype::I32, Box::new(little(4))),
        (Dtype::U64, Box::new(little(8))),
        (Dtype::I64, Box::new(little(8))),
        (Dtype::F16, Box::new(|on| (if on { 0x3c00_u16 } else { 0x8000 }).to_le_bytes().into())),
        (Dtype::F32, Box::new(|on| f32::from(u8::from(on)).to_le_bytes().into())),
        (Dtype::F64, Box::new(|on| f64::from(u8::from(on)).to_le_bytes().into())),
    ];
    for (kind, bytes) in kinds {
        assert_eq!(read_mask(&mask_tensors(kind, bytes)), Ok(expected.clone()), "{kind:?}");
    }
    let file = file(&mask_tensors(Dtype::U8, little(1)));
    let file = NetworkFile::open(&file, None).unwrap();
    assert_eq!(file.mask(&model(), Some(788)), Ok(expected));
    let other = NetworkFileError::OtherWeights { expected: 787, found: 788 };
    assert_eq!(file.mask(&model(), Some(787)), Err(other));
}

#[test]
fn what_cannot_be_used_is_refused() {
    use NetworkFileError::{
        EmptyMask, Kind, LayerCount, NoLayers, NotAMask, NotFinite, NotSafetensors, OtherFile, Shape,
        TooLarge,
    };
    let open = |bytes: &[u8], expected| NetworkFile::open(bytes, expected).err();
    let most = MOST_FILE_BYTES;
    assert_eq!(open(&vec![0; most + 1], None), Some(TooLarge { bytes: most + 1, most }));
    for bad in [&b""[..], b"PK", &[255; 40], &file(&[])[1..]] {
        assert!(matches!(open(bad, None), Some(NotSafetensors(why)) if !why.is_empty()));
    }
    // The SHA-256 of “abc”, as the standard has it (FIPS 180-2).
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".parse().unwrap();
    let asked = FileHash([7; 32]);
    assert_eq!(open(b"abc", Some(asked)), Some(OtherFile { expected: asked, found: abc }));
    assert!(
        matches!(open(b"abc", Some(abc)), Some(NotSafetensors(_))),
        "it is the file, but of another kind"
    );

    let none = |prefix: &str| NoLayers { exported: format!("{prefix}.0.weight"), plain: "0.weight".into() };
    assert_eq!(read_first(&[layer_weights(0, "fc1.weight")]), Err(none("first")));
    assert_eq!(read_mask(&[layer_weights(0, "first.0.weight")]), Err(none("mask")));
    assert_eq!(read_first(&[layer_weights(0, "0.weight")]), Err(LayerCount { expected: 2, found: 1 }));
    let three = ["0.weight", "1.weight", "2.weight"].map(|name| layer_weights(0, name));
    assert_eq!(read_first(&three), Err(LayerCount { expected: 2, found: 3 }));
    let swapped = [layer_weights(1, "0.weight"), layer_weights(0, "1.weight")];
    let shape = |tensor: &str, layer, expected: &[u32], found: &[u32]| {
        let (expected, found) = (expected.to_vec(), found.to_vec());
        Shape { tensor: tensor.into(), layer, expected, found }
    };
    assert_eq!(read_first(&swapped), Err(shape("0.weight", 0, &[2, 784], &[10, 2])));
    let flat = made("1.weight", Dtype::F32, &[20], floats([0.0; 20]));
    assert_eq!(read_first(&[layer_weights(0, "0.weight"), flat]), Err(shape("1.weight", 1, &[10, 2], &[20])));
    let good = || [layer_weights(0, "0.weight"), layer_weights(1, "1.weight")];
    let with = |more| good().into_iter().chain([more]).collect::<Vec<_>>();
    let bias = made("1.bias", Dtype::F32, &[2], floats([0.0; 2]));
    assert_eq!(read_first(&with(bias)), Err(shape("1.bias", 1, &[10], &[2])));
    for (bad, at) in [(f32::NAN, 0), (f32::INFINITY, 3), (f32::NEG_INFINITY, 9)] {
        let bias =
            made("1.bias", Dtype::F32, &[10], floats((0..10).map(|i| if i == at { bad } else { 0.0 })));
        assert_eq!(read_first(&with(bias)), Err(NotFinite { tensor: "1.bias".into(), index: at }));
    }
    // Finite as 64-bit floats, but not as those that are trained.
    let bytes = [0.0, 1e39].repeat(5).into_iter().flat_map(f64::to_le_bytes).collect();
    let bias = made("1.bias", Dtype::F64, &[10], bytes);
    assert_eq!(read_first(&with(bias)), Err(NotFinite { tensor: "1.bias".into(), index: 1 }));
    let bias = made("0.bias", Dtype::C64, &[2], vec![0; 16]);
    assert_eq!(read_first(&with(bias)), Err(Kind { tensor: "0.bias".into(), kind: "C64".into() }));

    assert_eq!(
        read_mask(&good()),
        Err(NotAMask { tensor: "0.weight".into(), index: 1 }),
        "weights are no mask"
    );
    for bad in [2, 255] {
        let mut tensors = mask_tensors(Dtype::U8, |on| vec![u8::from(on)]);
        tensors[1].bytes[7] = bad;
        assert_eq!(read_mask(&tensors), Err(NotAMask { tensor: "mask.1.weight".into(), index: 7 }));
    }
    let nan = mask_tensors(Dtype::F32, |on| (if on { f32::NAN } else { 0.0 }).to_le_bytes().into());
    assert_eq!(read_mask(&nan), Err(NotAMask { tensor: "mask.0.weight".into(), index: 0 }));
    assert_eq!(read_mask(&mask_tensors(Dtype::U8, |_| vec![0])), Err(EmptyMask));
}
