package dev.latchkey.platform.db;

import dev.latchkey.account.EmailAddress;
import jakarta.persistence.EntityManager;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes up arguments of methods by their types; every text is the id of a user, unless its name is that of another one. */
final class MadeUpArguments {

    private final String userId;
    private final EntityManager entities;

    MadeUpArguments(String userId, EntityManager entities) {
        this.userId = userId;
        this.entities = entities;
    }

    /** Returns arguments of a method; null for all that may be null, or for none of them. */
    @Nullable
    Object[] of(Method method, boolean isNull) {
        return Arrays.stream(method.getParameters())
                .map(it -> isNull && it.getAnnotatedType().isAnnotationPresent(Nullable.class)
                        ? null
                        : value(it.getName(), it.getParameterizedType()))
                .toArray();
    }

    /** Returns an id of the rows of a repository. */
    Object idOf(Class<?> repository) {
        return Arrays.stream(repository.getGenericInterfaces())
                .filter(ParameterizedType.class::isInstance)
                .map(it -> value("id", ((ParameterizedType) it).getActualTypeArguments()[1]))
                .findFirst()
                .orElseThrow();
    }

    private Object value(String name, Type type) {
        String text = name.endsWith("Hash") || name.endsWith("Hashes")
                ? "00ff"
                : name.equals("expiresAt") || name.equals("newest") ? "infinity" : userId;
        if (type instanceof ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Map.class) {
                return Map.of();
            }
            Object element = value(name, generic.getActualTypeArguments()[0]);
            if (raw == Set.class) {
                return Set.of(element);
            }
            if (raw == List.class || raw == Collection.class) {
                return List.of(element);
            }
        }
        if (!(type instanceof Class<?> wanted)) {
            throw new IllegalStateException("Nothing is made up for " + type);
        }
        if (wanted == String.class) {
            return text;
        } else if (wanted == int.class) {
            return 10;
        } else if (wanted == long.class) {
            return 10L;
        } else if (wanted == boolean.class || wanted == Boolean.class) {
            return true;
        } else if (wanted == Instant.class) {
            return Instant.now();
        } else if (wanted == Duration.class) {
            return Duration.ofHours(1);
        } else if (wanted == UUID.class) {
            return new UUID(1, 2);
        } else if (wanted == byte[].class) {
            return new byte[32];
        } else if (wanted == String[].class) {
            return new String[] {text};
        } else if (wanted == Instant[].class) {
            return new Instant[] {Instant.now()};
        } else if (wanted == EmailAddress.class) {
            return EmailAddress.stored("user-1@example.com");
        } else if (wanted.isEnum()) {
            return wanted.getEnumConstants()[0];
        } else if (wanted.isRecord()) {
            return record(wanted);
        } else if (wanted.getSimpleName().endsWith("Entity")) {
            return entity(wanted);
        }
        throw new IllegalStateException("Nothing is made up for " + type);
    }

    private Object record(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(Arrays.stream(components)
                    .map(it -> value(it.getName(), it.getGenericType()))
                    .toArray());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName(), e);
        }
    }

    /** A row that is there, or one that is not. */
    private Object entity(Class<?> type) {
        Object stored = Arrays.stream(type.getDeclaredFields())
                        .anyMatch(it -> it.getName().equals("id") && it.getType() == String.class)
                ? entities.find(type, userId)
                : null;
        if (stored != null) {
            return stored;
        }
        try {
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Object entity = constructor.newInstance();
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getName().startsWith("$")) {
                    field.setAccessible(true);
                    field.set(entity, value(field.getName(), field.getGenericType()));
                }
            }
            return entity;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(type.getName(), e);
        }
    }
}
