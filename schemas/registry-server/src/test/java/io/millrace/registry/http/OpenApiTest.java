package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.registry.RegistryService;
import io.millrace.schema.SchemaRules;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem.HttpMethod;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The description says what is served, no more and no less. */
class OpenApiTest {
  private static final String TEXT = new String(RegistryServer.openApi(), StandardCharsets.UTF_8);

  private final OpenAPI described = parse();

  private static OpenAPI parse() {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    SwaggerParseResult result = new OpenAPIV3Parser().readContents(TEXT, null, options);
    assertThat(result.getMessages()).isEmpty();
    return result.getOpenAPI();
  }

  @Test
  void describesEachRouteAndNothingElse() {
    Set<String> served = new TreeSet<>();
    served.add("GET /openapi.json");
    served.add("GET /metrics");
    for (Route route : new Routes(RegistryService.inMemory(SchemaRules.NONE), "").all()) {
      served.add(route.method() + " " + route.path());
    }
    Set<String> inDescription = new TreeSet<>();
    described
        .getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap()
                    .keySet()
                    .forEach(method -> inDescription.add(method + " " + path)));
    assertThat(inDescription).isEqualTo(served);
  }

  @Test
  void anybodyMayAskWhatNeedsNoRole() {
    Set<String> open = new TreeSet<>();
    described
        .getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap()
                    .forEach(
                        (method, operation) -> {
                          if (operation.getSecurity() != null
                              && operation.getSecurity().isEmpty()) {
                            open.add(method + " " + path);
                          }
                        }));
    Set<String> served = new TreeSet<>(Set.of("GET /openapi.json"));
    new Routes(RegistryService.inMemory(SchemaRules.NONE), "")
        .all().stream()
            .filter(route -> route.role() == null)
            .forEach(route -> served.add(route.method() + " " + route.path()));
    assertThat(open).isEqualTo(served);
  }

  @Test
  void isWhole() {
    Set<String> ids = new HashSet<>();
    described
        .getPaths()
        .forEach(
            (path, item) ->
                item.readOperationsMap()
                    .forEach((method, operation) -> check(path, method, operation, ids)));
    // each component is used, each use has its component
    Set<String> used = matches("\"\\$ref\": *\"#/components/([a-zA-Z]+/[a-zA-Z]+)\"");
    Set<String> defined = new TreeSet<>();
    described.getComponents().getParameters().keySet().forEach(n -> defined.add("parameters/" + n));
    described.getComponents().getResponses().keySet().forEach(n -> defined.add("responses/" + n));
    described.getComponents().getSchemas().keySet().forEach(n -> defined.add("schemas/" + n));
    assertThat(used).isEqualTo(defined);
  }

  private static void check(String path, HttpMethod method, Operation operation, Set<String> ids) {
    String where = method + " " + path;
    assertThat(ids.add(operation.getOperationId())).as(where).isTrue();
    assertThat(operation.getSummary()).as(where).endsWith(".");
    assertThat(operation.getTags()).as(where).hasSize(1);
    assertThat(operation.getResponses()).as(where).containsKey("200");
    Set<String> inPath =
        Arrays.stream(path.split("/"))
            .filter(part -> part.startsWith("{"))
            .map(part -> part.substring(1, part.length() - 1))
            .collect(Collectors.toSet());
    Set<String> parameters =
        operation.getParameters() == null
            ? Set.of()
            : operation.getParameters().stream()
                .filter(parameter -> "path".equals(parameter.getIn()))
                .map(parameter -> parameter.getName())
                .collect(Collectors.toSet());
    assertThat(parameters).as(where).isEqualTo(inPath);
  }

  private static Set<String> matches(String pattern) {
    return Pattern.compile(pattern)
        .matcher(TEXT)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
