//! Messages as JavaScript values: a struct is an object, a list an array, an enum its variant's name or an object with
//! that name alone, nothing is `undefined`. These few lines weigh 15 kB less in the page than a library that takes any
//! value: they ask for the fields a type has, instead of comparing names with those that came.

use js_sys::{Array, Object, Reflect};
use serde::{
    Serialize,
    de::{self, DeserializeOwned, IntoDeserializer},
    forward_to_deserialize_any,
    ser::{self, Impossible},
};
use std::fmt;
use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};

/// Something that is no message: of another version, or not plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("it is not as this version of the program says it; reload the page")]
pub struct Unfit;

impl ser::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Unfit {
        Unfit
    }
}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Unfit {
        Unfit
    }
}

/// A message as a JavaScript value. An error if it holds what the protocol has no use for: maps, 64-bit integers.
pub fn to_value<T: Serialize>(message: &T) -> Result<JsValue, Unfit> {
    message.serialize(Writer)
}

/// A JavaScript value as the message it is; an error if it is none.
pub fn from_value<T: DeserializeOwned>(value: &JsValue) -> Result<T, Unfit> {
    T::deserialize(Reader(value))
}

struct Writer;

/// Values of a list, one after the other.
struct List(Array);

/// Fields of a struct, or of the variant of that name.
struct Fields {
    object: Object,
    variant: Option<&'static str>,
}

impl Fields {
    fn new(variant: Option<&'static str>) -> Result<Fields, Unfit> {
        Ok(Fields { object: Object::new(), variant })
    }

    fn put<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Unfit> {
        set(&self.object, name, &value.serialize(Writer)?)
    }

    fn finish(self) -> Result<JsValue, Unfit> {
        match self.variant {
            None => Ok(self.object.into()),
            Some(name) => named(name, &self.object),
        }
    }
}

fn set(object: &Object, name: &str, value: &JsValue) -> Result<(), Unfit> {
    Reflect::set(object, &name.into(), value).map(|_| ()).map_err(|_| Unfit)
}

fn named(name: &str, value: &JsValue) -> Result<JsValue, Unfit> {
    let object = Object::new();
    set(&object, name, value)?;
    Ok(object.into())
}

/// What is written as the number or the text it is.
macro_rules! written {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, value: $type) -> Result<JsValue, Unfit> { Ok(value.into()) })*
    };
}

/// What the protocol has no use for.
macro_rules! unused {
    ($($method:ident($($argument:ty),*) -> $output:ty;)*) => {
        $(fn $method(self, $(_: $argument),*) -> Result<$output, Unfit> { Err(Unfit) })*
    };
}

impl ser::Serializer for Writer {
    type Ok = JsValue;
    type Error = Unfit;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;
    type SerializeTupleStruct = Impossible<JsValue, Unfit>;
    type SerializeTupleVariant = Impossible<JsValue, Unfit>;
    type SerializeMap = Impossible<JsValue, Unfit>;

    written! {
        serialize_bool: bool, serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_i8: i8,
        serialize_i16: i16, serialize_i32: i32, serialize_f32: f32, serialize_f64: f64, serialize_str: &str
    }
    unused! {
        serialize_u64(u64) -> JsValue;
        serialize_i64(i64) -> JsValue;
        serialize_char(char) -> JsValue;
        serialize_bytes(&[u8]) -> JsValue;
        serialize_unit() -> JsValue;
        serialize_unit_struct(&'static str) -> JsValue;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
    }

    fn serialize_none(self) -> Result<JsValue, Unfit> {
        Ok(JsValue::UNDEFINED)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<JsValue, Unfit> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<JsValue, Unfit> {
        Ok(name.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<JsValue, Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<JsValue, Unfit> {
        named(name, &value.serialize(self)?)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List, Unfit> {
        Ok(List(Array::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<List, Unfit> {
        Ok(List(Array::new()))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Fields, Unfit> {
        Fields::new(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Fields, Unfit> {
        Fields::new(Some(name))
    }
}

macro_rules! list {
    ($($collection:path),*) => {$(
        impl $collection for List {
            type Ok = JsValue;
            type Error = Unfit;

            fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
                self.0.push(&value.serialize(Writer)?);
                Ok(())
            }

            fn end(self) -> Result<JsValue, Unfit> {
                Ok(self.0.into())
            }
        }
    )*};
}
list!(ser::SerializeSeq, ser::SerializeTuple);

macro_rules! fields {
    ($($collection:path),*) => {$(
        impl $collection for Fields {
            type Ok = JsValue;
            type Error = Unfit;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Unfit> {
                self.put(name, value)
            }

            fn end(self) -> Result<JsValue, Unfit> {
                self.finish()
            }
        }
    )*};
}
fields!(ser::SerializeStruct, ser::SerializeStructVariant);

struct Reader<'a>(&'a JsValue);

/// Values in the order in which a type has them.
struct Values {
    array: Array,
    at: u32,
}

impl Values {
    /// The fields of these names.
    fn of_fields(object: &JsValue, names: &[&str]) -> Result<Values, Unfit> {
        let array = Array::new();
        for name in names {
            array.push(&Reflect::get(object, &(*name).into()).map_err(|_| Unfit)?);
        }
        Ok(Values { array, at: 0 })
    }
}

impl<'de> de::SeqAccess<'de> for Values {
    type Error = Unfit;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        if self.at == self.array.length() {
            return Ok(None);
        }
        self.at += 1;
        seed.deserialize(Reader(&self.array.get(self.at - 1))).map(Some)
    }
}

/// A whole number of the type asked for.
fn whole(value: &JsValue) -> Result<u32, Unfit> {
    let number = value.as_f64().ok_or(Unfit)?;
    let whole = number as u32;
    if f64::from(whole) == number { Ok(whole) } else { Err(Unfit) }
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = Unfit;

    fn deserialize_any<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 u64 char bytes byte_buf unit unit_struct tuple_struct map identifier ignored_any
    }

    fn deserialize_bool<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unfit)?)
    }

    fn deserialize_u8<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_u32(whole(self.0)?)
    }

    fn deserialize_u16<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_u32(whole(self.0)?)
    }

    fn deserialize_u32<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_u32(whole(self.0)?)
    }

    fn deserialize_f32<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_f64(self.0.as_f64().ok_or(Unfit)?)
    }

    fn deserialize_f64<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_f64(self.0.as_f64().ok_or(Unfit)?)
    }

    fn deserialize_str<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_string(self.0.as_string().ok_or(Unfit)?)
    }

    fn deserialize_string<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.0.is_undefined() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: de::Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let array: &Array = self.0.dyn_ref().ok_or(Unfit)?;
        visitor.visit_seq(Values { array: array.clone(), at: 0 })
    }

    fn deserialize_tuple<V: de::Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_seq(Values::of_fields(self.0, fields)?)
    }

    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let (name, value) = match self.0.as_string() {
            Some(name) => (name, JsValue::UNDEFINED),
            None => {
                let object: &Object = self.0.dyn_ref().ok_or(Unfit)?;
                let name = Object::keys(object).get(0);
                let value = Reflect::get(object, &name).map_err(|_| Unfit)?;
                (name.as_string().ok_or(Unfit)?, value)
            }
        };
        let index = variants.iter().position(|variant| *variant == name).ok_or(Unfit)?;
        visitor.visit_enum(Variant { index: index as u32, value })
    }
}

/// A variant by its place, and what it holds.
struct Variant {
    index: u32,
    value: JsValue,
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Unfit;
    type Variant = Variant;

    fn variant_seed<V: de::DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Variant), Unfit> {
        let index: de::value::U32Deserializer<Unfit> = self.index.into_deserializer();
        Ok((seed.deserialize(index)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(Reader(&self.value))
    }

    fn tuple_variant<V: de::Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn struct_variant<V: de::Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_seq(Values::of_fields(&self.value, fields)?)
    }
}
