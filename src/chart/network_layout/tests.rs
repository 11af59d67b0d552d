use super::*;

fn shape(hidden: &[usize]) -> NetworkShape {
    let sizes: Vec<usize> = [784].iter().chain(hidden).chain(&[10]).copied().collect();
    NetworkShape::linear(&sizes, 28)
}

#[test]
fn every_node_is_inside_and_found_where_it_is_drawn() {
    for hidden in [&[][..], &[20, 10], &[300, 100], &[1000, 500, 100], &[1, 30, 7, 64]] {
        let shape = shape(hidden);
        for (size, scale) in [((580.0, 360.0), 1.0), ((328.0, 264.0), 2.0), ((900.0, 480.0), 1.5)] {
            let layout = NetworkLayout::new(&shape, size, 12.0, scale);
            for column in 0..shape.columns() {
                for index in 0..shape.nodes(column) {
                    let at = layout.node(column, index);
                    assert!(at.0 > 0.0 && at.0 < size.0 && at.1 > 0.0 && at.1 < layout.text_top, "{at:?}");
                    assert_eq!(layout.node_at(at), Some(Thing::node(column, index)), "{hidden:?} {size:?}");
                }
            }
            assert_eq!(layout.node_at((-3.0, 40.0)), None);
            assert_eq!(layout.node_at((size.0 / 2.0, size.1 - 1.0)), None);
        }
    }
}

/// LeNet-5: 6 channels of 14 × 14, 16 of 5 × 5, then linear layers.
fn lenet_5() -> NetworkShape {
    let maps = |height| Some(FeatureMaps { kernel: 5, height, width: height });
    NetworkShape {
        layers: vec![(25, 6), (150, 16), (400, 120), (120, 84), (84, 10)],
        maps: vec![maps(14), maps(5), None, None, None],
        pixels: 784,
        image_width: 28,
        channels: 1,
    }
}

#[test]
fn feature_maps_stand_apart_and_connections_begin_beside_what_they_read() {
    let shape = lenet_5();
    for (size, scale) in [((580.0, 360.0), 1.0), ((328.0, 264.0), 2.0)] {
        let layout = NetworkLayout::new(&shape, size, 12.0, scale);
        for column in 1..shape.columns() {
            let mut before: Vec<(Point, f64)> = vec![];
            for index in 0..shape.nodes(column) {
                let at = layout.node(column, index);
                assert_eq!(layout.node_at(at), Some(Thing::node(column, index)), "{size:?}");
                let Some(((left, top), (width, height))) = layout.map(column, index) else { continue };
                assert!(left > 0.0 && top > 0.0 && top + height < layout.text_top && width == height);
                let apart = |other: &(Point, f64)| {
                    (left - other.0.0).abs() >= width.max(other.1) || (top - other.0.1).abs() >= height
                };
                assert!(before.iter().all(apart), "column {column} {index} overlaps");
                before.push(((left, top), width));
            }
        }
        // No pixel has weights of its own.
        assert_eq!(layout.node_at(layout.node(0, 400)), None);
        // A window of 5 × 5 in the middle of the image.
        assert_eq!(layout.ends(0, 3, 7).0, layout.node(0, (11 + 1) * 28 + 11 + 2));
        // Row 2 of the map of channel 9.
        let ((left, top), (width, height)) = layout.map(2, 9).unwrap();
        assert_eq!(layout.ends(2, 50, 9 * 25 + 2 * 5 + 4).0, (left + width, top + 2.5 * height / 5.0));
        assert_eq!(layout.ends(1, 5, 140).1, (layout.map(2, 5).unwrap().0.0, layout.node(2, 5).1));
    }
    let reads = |layer, input| shape.read_node(layer, input);
    assert_eq!((reads(0, 24), reads(1, 149), reads(2, 399), reads(3, 7)), (None, Some(5), Some(15), Some(7)));
}

#[test]
fn names_of_classes_never_overlap() {
    for (classes, height) in [(2, 200.0), (10, 264.0), (10, 360.0), (37, 264.0), (100, 264.0), (100, 700.0)] {
        let layout = NetworkLayout::new(&NetworkShape::linear(&[64, classes], 8), (328.0, height), 12.0, 2.0);
        for likeliest in [None, Some(0), Some(classes / 2), Some(classes - 1)] {
            let named: Vec<usize> = layout.named_classes(12.0, likeliest).collect();
            let places: Vec<Point> = named.iter().map(|&index| layout.class_name_at(index)).collect();
            assert!(places.windows(2).all(|pair| pair[1].1 - pair[0].1 >= 12.0 - 1e-9), "{classes} {height}");
            assert!(named.len() > 1 && likeliest.is_none_or(|likeliest| named.contains(&likeliest)));
            assert!(classes > 10 || named.len() == classes);
            let column = layout.columns[0];
            assert!(places.iter().all(|place| place.0 == column.left + column.width() + LABEL_GAP));
            assert!(places[0].0 + 12.0 <= 328.0, "names are inside");
        }
    }
}

#[test]
fn the_channels_of_a_pixel_are_one_node() {
    let linear =
        NetworkShape { channels: 3, layers: vec![(18, 4), (4, 2)], ..NetworkShape::linear(&[6, 4, 2], 3) };
    assert_eq!(linear.nodes(0), 6);
    for node in 0..6 {
        let inputs: Vec<usize> = linear.inputs_from_node(0, node).collect();
        assert_eq!(inputs, [node, 6 + node, 12 + node]);
        assert!(inputs.iter().all(|&input| linear.read_node(0, input) == Some(node)));
        assert_eq!(inputs.iter().map(|&input| linear.read_channel(input)).collect::<Vec<_>>(), [0, 1, 2]);
    }
    assert_eq!(linear.inputs_from_node(1, 3).collect::<Vec<_>>(), [3]);
    let layout = NetworkLayout::new(&linear, (400.0, 200.0), 10.0, 1.0);
    assert_eq!(layout.image_size(), (3.0 * layout.cell, 2.0 * layout.cell));
    assert_eq!(layout.ends(0, 1, 12 + 4), layout.ends(0, 1, 4));
    assert_eq!(layout.node_at(layout.node(0, 5)), Some(Thing::Pixel { input: 5 }));
    // The window of a convolution lies in the middle of the image, in whichever channel.
    let filters = NetworkShape { channels: 3, layers: vec![(75, 6), (1176, 10)], ..lenet_5() };
    let layout = NetworkLayout::new(&filters, (400.0, 200.0), 10.0, 1.0);
    assert_eq!(layout.ends(0, 3, 50 + 7).0, layout.node(0, (11 + 1) * 28 + 11 + 2));
    assert_eq!((filters.read_channel(50 + 7), filters.read_node(0, 57)), (2, None));
    assert_eq!(filters.inputs_from_node(1, 2).collect::<Vec<_>>(), (50..75).collect::<Vec<_>>());
}
