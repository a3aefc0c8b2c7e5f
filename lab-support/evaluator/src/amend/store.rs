use std::any::Any;
use std::collections::HashMap;

pub struct VariableStore {
    variables: HashMap<String, (u64, Box<dyn Any>)>,
}

impl VariableStore {
    pub fn put_variable<T: 'static>(&mut self, name: &str, definition: u64, value: T) {
        self.variables.insert(name.to_owned(), (definition, Box::new(value)));
    }

    pub fn check_variable<T: 'static>(&mut self, name: &str, definition: u64) -> bool {
        match self.variables.get(name) {
            Some((found, value)) if *found == definition && value.is::<T>() => return true,
            Some(_) => super::evcxr_lab::tell("REDEFINED", name),
            None => super::evcxr_lab::tell("MISSING", name),
        }
        self.variables.remove(name);
        false
    }

    pub fn take_variable<T: 'static>(&mut self, name: &str) -> T {
        *self.variables.remove(name).unwrap().1.downcast().ok().unwrap()
    }

    pub fn lazy_arc<T: 'static>(&mut self, name: &str, create: impl FnOnce() -> T) -> std::sync::Arc<T> {
        let name = format!("{name} {}", std::process::id());
        let create = || (0, Box::new(std::sync::Arc::new(create())) as Box<dyn Any>);
        let entry = self.variables.entry(name).or_insert_with(create);
        entry.1.downcast_ref::<std::sync::Arc<T>>().unwrap().clone()
    }
}

pub fn create_variable_store() -> *mut VariableStore {
    Box::into_raw(Box::new(VariableStore { variables: HashMap::new() }))
}
