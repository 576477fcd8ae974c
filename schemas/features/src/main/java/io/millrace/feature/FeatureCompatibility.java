package io.millrace.feature;

import io.millrace.feature.FeatureChange.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What a newer feature schema means for models that learned with an older one. Compatible is what
 * leaves every value's token and weight as they are, lets both versions' events lie on one topic,
 * and lets no feature meet rows that another has filled. What Avro itself says about reading is not
 * repeated here.
 */
public final class FeatureCompatibility {
  private final FeatureSchema older;
  private final FeatureSchema newer;
  private final Map<String, Feature> olderByName;
  private final Map<String, Feature> newerByName;
  private final List<FeatureChange> changes = new ArrayList<>();

  private FeatureCompatibility(FeatureSchema older, FeatureSchema newer) {
    this.older = older;
    this.newer = newer;
    this.olderByName = byName(older);
    this.newerByName = byName(newer);
  }

  private static Map<String, Feature> byName(FeatureSchema schema) {
    Map<String, Feature> byName = new LinkedHashMap<>();
    schema.encodedFields().forEach(feature -> byName.put(feature.name(), feature));
    return byName;
  }

  /**
   * All differences that matter, in the newer schema's order, then what is gone; empty if encoding
   * is the same.
   */
  public static List<FeatureChange> compare(FeatureSchema older, FeatureSchema newer) {
    return new FeatureCompatibility(older, newer).changes();
  }

  /** Whether no change is incompatible. */
  public static boolean allCompatible(List<FeatureChange> changes) {
    return changes.stream().allMatch(FeatureChange::compatible);
  }

  private List<FeatureChange> changes() {
    Map<Feature, Feature> partnerOfOlder = new HashMap<>();
    for (Feature feature : newer.encodedFields()) {
      Feature partner = partner(feature);
      if (partner == null) {
        added(feature);
      } else {
        partnerOfOlder.put(partner, feature);
        compare(partner, feature);
      }
    }
    for (Feature feature : older.encodedFields()) {
      if (!partnerOfOlder.containsKey(feature)) {
        removed(feature);
      }
    }
    retirements();
    table();
    role("id", older.idField(), newer.idField(), "clicks and duplicates are found by it");
    role("time", older.timeField(), newer.timeField(), "label windows are cut by it");
    role(
        "position",
        older.positionField(),
        newer.positionField(),
        "rankings are decided as if all candidates had the same one");
    label();
    return List.copyOf(changes);
  }

  /** The older feature that a newer one continues: by its field, or for crosses by name or id. */
  private @Nullable Feature partner(Feature feature) {
    if (!feature.isField()) {
      return older.encodedFields().stream()
          .filter(cross -> !cross.isField())
          .filter(cross -> cross.name().equals(feature.name()) || cross.id().equals(feature.id()))
          .findFirst()
          .orElse(null);
    }
    Schema.Field field = olderField(older.avro(), newer.avro().getField(feature.name()));
    return field == null ? null : olderByName.get(field.name());
  }

  /** The field of an older schema that Avro reads a newer one from, or null. */
  static Schema.@Nullable Field olderField(Schema older, Schema.@Nullable Field newer) {
    if (newer == null) {
      return null;
    }
    Schema.Field same = older.getField(newer.name());
    if (same != null) {
      return same;
    }
    return newer.aliases().stream()
        .map(older::getField)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private void added(Feature feature) {
    Optional<Feature> holder =
        older.encodedFields().stream()
            .filter(f -> owns(f) && f.id().equals(feature.id()))
            .findAny();
    if (owns(feature) && holder.isPresent()) {
      no(
          feature,
          Kind.IDENTITY,
          "it takes the id '%s' of '%s', but not its field: add \"aliases\": [\"%s\"] if it was"
                  .formatted(feature.id(), holder.get().name(), holder.get().name())
              + " renamed, or give it another id");
    } else if (feature.isField() && needsDefault(feature)) {
      no(
          feature,
          Kind.ADDED,
          "added without a default: events of the older version have no value for it; add a"
              + " \"default\", or make it nullable with \"default\": null");
    } else if (feature.lookups() > older.maxLookups()) {
      no(
          feature,
          Kind.ADDED,
          "added with %d lookups, more than the %d of any feature before: every row of the table"
                  .formatted(feature.lookups(), older.maxLookups())
              + " would change its width");
    } else {
      yes(
          feature,
          Kind.ADDED,
          "added: models that can take it in give it no influence at first; others go on without"
              + " it");
    }
  }

  private boolean needsDefault(Feature feature) {
    Schema.Field field = Objects.requireNonNull(newer.avro().getField(feature.name()));
    return olderField(older.avro(), field) == null && !field.hasDefaultValue();
  }

  private void removed(Feature feature) {
    Schema.Field field = older.avro().getField(feature.name());
    boolean carried = field != null && newer.avro().getField(feature.name()) != null;
    if (owns(feature)
        && !newer.retired().contains(feature.id())
        && newer.encodedFields().stream().noneMatch(f -> f.id().equals(feature.id()))) {
      no(
          feature,
          Kind.REMOVED,
          "removed, but its id is not retired: add '%s' to \"retired\" of the millrace property, so"
                  .formatted(feature.id())
              + " that no later feature meets its rows");
    } else if (field != null && !carried && !field.hasDefaultValue()) {
      no(
          feature,
          Kind.REMOVED,
          "removed, and the older version has no default for it: models that use it could not read"
              + " newer events");
    } else {
      yes(
          feature,
          Kind.REMOVED,
          carried
              ? "no longer a feature, but still carried: models that use it go on"
              : "removed: models that use it go on, and see its default in newer events");
    }
  }

  /** A feature that shares another's values has no rows of its own. */
  private static boolean owns(Feature feature) {
    return feature.shares().isEmpty();
  }

  private void compare(Feature before, Feature now) {
    if (before.kind() != now.kind()) {
      no(
          now,
          Kind.KIND,
          "kind %s became %s: %s"
              .formatted(before.kind().word(), now.kind().word(), declareAnew(now)));
      return;
    }
    if (!before.name().equals(now.name())) {
      yes(now, Kind.RENAMED, "renamed from '%s', keeps what was learned".formatted(before.name()));
    }
    shares(before, now);
    if (!before.id().equals(now.id()) && owns(before) && owns(now)) {
      no(
          now,
          Kind.IDENTITY,
          "id '%s' became '%s': every value would be hashed anew; keep it by \"id\": \"%s\""
              .formatted(before.id(), now.id(), before.id()));
    }
    if (before.lookups() != now.lookups()) {
      no(
          now,
          Kind.LOOKUPS,
          "lookups %d became %d: %s".formatted(before.lookups(), now.lookups(), declareAnew(now)));
    }
    type(before, now);
    now.match(new Settings(before)).run();
  }

  private void shares(Feature before, Feature now) {
    boolean same = owns(before) == owns(now) && (owns(before) || before.id().equals(now.id()));
    if (!same) {
      no(
          now,
          Kind.SHARES,
          "shares %s became %s: %s"
              .formatted(
                  before.shares().orElse("nothing"),
                  now.shares().orElse("nothing"),
                  declareAnew(now)));
    }
  }

  /** What only one kind has, of two features of the same kind. */
  private final class Settings implements Feature.Cases<Runnable> {
    private final Feature before;

    Settings(Feature before) {
      this.before = before;
    }

    @Override
    public Runnable categorical(Feature.Categorical is) {
      Feature.Categorical was = (Feature.Categorical) before;
      return () -> transform(is, was.transform(), is.transform());
    }

    @Override
    public Runnable numeric(Feature.Numeric is) {
      Feature.Numeric was = (Feature.Numeric) before;
      return () -> {
        transform(is, was.transform(), is.transform());
        limit(is, was.limit(), is.limit());
      };
    }

    @Override
    public Runnable sequence(Feature.Sequence is) {
      return () -> items((Feature.Sequence) before, is);
    }

    @Override
    public Runnable cross(Feature.Cross is) {
      return () -> crossed((Feature.Cross) before, is);
    }
  }

  private void items(Feature.Sequence was, Feature.Sequence is) {
    if (was.max() != is.max() || was.combiner() != is.combiner()) {
      no(
          is,
          Kind.SEQUENCE,
          "max %d, %s became max %d, %s: %s"
              .formatted(
                  was.max(),
                  was.combiner().name().toLowerCase(Locale.ROOT),
                  is.max(),
                  is.combiner().name().toLowerCase(Locale.ROOT),
                  declareAnew(is)));
    }
    if (!was.split().equals(is.split())) {
      yes(is, Kind.SEQUENCE, "split changed: files are read by it, events are not");
    }
  }

  private void crossed(Feature.Cross was, Feature.Cross is) {
    List<String> wasIds = was.fields().stream().map(f -> id(olderByName, f)).toList();
    List<String> isIds = is.fields().stream().map(f -> id(newerByName, f)).toList();
    if (!wasIds.equals(isIds)) {
      no(
          is,
          Kind.CROSS,
          "fields %s became %s: %s".formatted(was.fields(), is.fields(), declareAnew(is)));
    }
  }

  private static String id(Map<String, Feature> byName, String field) {
    return Objects.requireNonNull(byName.get(field)).id();
  }

  private void transform(Feature now, Object was, Object is) {
    if (!was.equals(is)) {
      no(
          now,
          Kind.TRANSFORM,
          "transform %s became %s: %s".formatted(words(was), words(is), declareAnew(now)));
    }
  }

  /** A value that both take must be the same to both. */
  private void limit(Feature now, NumericLimit was, NumericLimit is) {
    if (was.equals(is)) {
      return;
    }
    String change = "values %s became %s: ".formatted(was.words(), is.words());
    if (!was.agreesWith(is)) {
      no(
          now,
          Kind.LIMIT,
          change
              + "values beyond %s would be other numbers than those learned; %s"
                  .formatted(Math.min(was.limit(), is.limit()), declareAnew(now)));
    } else if (is.outliers() == NumericLimit.Outliers.REFUSE
        && (was.outliers() == NumericLimit.Outliers.CLIP || is.limit() < was.limit())) {
      yes(now, Kind.LIMIT, change + "larger values are refused from then on, also in older events");
    } else {
      yes(
          now,
          Kind.LIMIT,
          change + "values are taken that were refused, the others stay as they are");
    }
  }

  private static String words(Object transform) {
    return transform.toString().toLowerCase(Locale.ROOT).replace("[]", "");
  }

  private void type(Feature before, Feature now) {
    if (!now.hashesValues()) {
      return;
    }
    FieldType was = valueType(older, before);
    FieldType is = valueType(newer, now);
    if (!was.hashesLike(is)) {
      no(
          now,
          Kind.TYPE,
          "values of type %s became %s: text and numbers have different hashes"
              .formatted(was.type().getName(), is.type().getName()));
    }
  }

  private static FieldType valueType(FeatureSchema schema, Feature feature) {
    FieldType type =
        FieldType.of(Objects.requireNonNull(schema.avro().getField(feature.name())).schema());
    return type.type() == Schema.Type.ARRAY ? FieldType.of(type.schema().getElementType()) : type;
  }

  private void retirements() {
    Set<String> missing = new TreeSet<>(older.retired());
    missing.removeAll(newer.retired());
    for (String id : missing) {
      changes.add(
          new FeatureChange(
              "millrace.retired",
              Kind.RETIREMENT,
              false,
              "'%s' is no longer retired: an id that was issued once is never free again"
                  .formatted(id)));
    }
  }

  private void table() {
    if (!older.table().equals(newer.table())) {
      changes.add(
          new FeatureChange(
              "millrace.table",
              Kind.TABLE,
              false,
              "%s became %s: every row would have another place or size; a new table needs a new"
                      .formatted(words(older.table()), words(newer.table()))
                  + " schema name"));
    }
  }

  private static String words(TableSpec table) {
    return "%d rows of dim %d".formatted(table.rows(), table.dim());
  }

  private void role(String role, Optional<String> was, Optional<String> is, String use) {
    if (was.isEmpty() && is.isPresent()) {
      changes.add(
          new FeatureChange(
              "millrace." + role,
              Kind.ROLE,
              true,
              "none became '%s': %s".formatted(is.get(), use)));
    }
    if (was.isEmpty() || isRename(was.get(), is.orElse(null))) {
      return;
    }
    changes.add(
        new FeatureChange(
            "millrace." + role,
            Kind.ROLE,
            false,
            "'%s' became %s: %s"
                .formatted(was.get(), is.map(name -> "'" + name + "'").orElse("none"), use)));
  }

  private boolean isRename(String was, @Nullable String is) {
    Schema.Field field = is == null ? null : newer.avro().getField(is);
    Schema.Field source = olderField(older.avro(), field);
    return source != null && source.name().equals(was);
  }

  private void label() {
    if (!older.labelField().equals(newer.labelField())) {
      changes.add(
          new FeatureChange(
              "millrace.label",
              Kind.ROLE,
              true,
              "%s became %s: training from files goes by it, streams do not"
                  .formatted(
                      older.labelField().orElse("none"), newer.labelField().orElse("none"))));
    }
  }

  private static String declareAnew(Feature feature) {
    return "what was learned of '%s' would not fit; declare a new feature beside it instead"
        .formatted(feature.name());
  }

  private void yes(Feature feature, Kind kind, String reason) {
    changes.add(new FeatureChange(feature.name(), kind, true, reason));
  }

  private void no(Feature feature, Kind kind, String reason) {
    changes.add(new FeatureChange(feature.name(), kind, false, reason));
  }
}
