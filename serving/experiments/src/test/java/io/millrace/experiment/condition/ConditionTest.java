package io.millrace.experiment.condition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  private static boolean holds(String condition, String attributes) throws Exception {
    Map<?, ?> values = (Map<?, ?>) Objects.requireNonNull(JavaScriptValues.of(json(attributes)));
    return Condition.parse(json(condition))
        .holds(name -> values.get(name), SavedGroups.of(json("{'beta':[1,'b']}")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | {'a':1}",
        "{'a':1} | {'a':1.0}",
        "{'a':1} | {'a':'1'}",
        "{'a':0} | {}",
        "{'a':'1'} | {'a':1}",
        "{'a':'true'} | {'a':true}",
        "{'a':null} | {}",
        "{'a.b.1':'x'} | {'a':{'b':[0,'x']}}",
        "{'a':{'b':1}} | {'a':{'b':1}}",
        "{'a':{'$ne':'x'}} | {}",
        "{'a':{'$gte':'b','$lt':'c'}} | {'a':'bz'}",
        "{'a':{'$gt':9}} | {'a':'10'}",
        "{'a':{'$lt':2,'$lte':1}} | {'a':true}",
        "{'a':{'$vgt':'1.10.0-beta'}} | {'a':'1.10.0'}",
        "{'a':{'$nin':['x',1]}} | {'a':'1'}",
        "{'a':{'$ini':['X']}} | {'a':['y','x']}",
        "{'a':{'$inGroup':'beta'}} | {'a':['a','b']}",
        "{'a':{'$notInGroup':'beta'}} | {'a':'1'}",
        "{'a':{'$size':{'$gt':1,'$lt':3}}} | {'a':[1,2]}",
        "{'a':{'$elemMatch':{'b':{'$gt':1}}}} | {'a':[{'b':1},{'b':2}]}",
        "{'a':{'$all':[{'$gt':1},'x']}} | {'a':['x',2]}",
        "{'a':{'$vgt':'1.9.9','$vlt':'1.10.0-beta'}} | {'a':'v1.10.0-alpha+5'}",
        "{'a':{'$regex':'^[a-z&&[]+$'}} | {'a':'a&[b'}",
        "{'a':{'$regexi':'ÄPFEL'}} | {'a':'zwei Äpfel'}",
        "{'$or':[{'a':2},{'$nor':[{'a':2},{'b':1}]}]} | {'a':1}",
        "{'$and':[{'a':1},{'$not':{'b':1}}]} | {'a':1}",
      })
  void itHolds(String condition, String attributes) throws Exception {
    assertThat(holds(condition, attributes)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':1,'b':1} | {'a':1}",
        "{'a':true} | {}",
        "{'a':false} | {}",
        "{'a':{'b':1,'c':2}} | {'a':{'c':2,'b':1}}",
        "{'a':{'$eq':'1'}} | {'a':1}",
        "{'a':{'$gt':'b'}} | {'a':1}",
        "{'a':{'$lt':1}} | {'a':1}",
        "{'a':{'$in':[1]}} | {'a':'1'}",
        "{'a':{'$regex':'x$'}} | {'a':'x\\n'}",
        "{'a':{'$regex':'['}} | {'a':'['}",
        "{'a':{'$like':'x'}} | {'a':'x'}",
        "{'a':{'$veq':'1.2'}} | {'a':'1.2.0'}",
        "{'a':{'$type':'object'}} | {'a':[]}",
        "{'a':{'$elemMatch':{'b':1}}} | {'a':[1,'b']}",
        "{'$nor':[{'a':1},{'b':1}]} | {'a':1}",
      })
  void doesNotHold(String condition, String attributes) throws Exception {
    assertThat(holds(condition, attributes)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | [], expected an object of attributes and what must hold of them",
        "{'$xor':[]} | $xor: unknown, did you mean '$nor'?; an operator on a value stands inside of"
            + " its attribute",
        "{'$or':{}} | $or: {}, expected an array of conditions",
        "{'$or':[{'a':1},{'b':{'$gte':true}}]} | $or[1].b.$gte: true, expected a number or a string",
        "{'$not':{'a':{'$in':3}}} | $not.a.$in: 3, expected an array of strings, numbers or booleans",
        "{'a':{'$not':{'$exists':1}}} | a.$not.$exists: 1, expected true or false",
        "{'a':{'$gt':1,'b':2}} | a.b: unknown",
        "{'a':{'$regex':'['}} | a.$regex: \"[\", expected a regular expression: Unclosed character"
            + " class",
        "{'a':{'$type':'text'}} | a.$type: \"text\", expected one of string, number, boolean,"
            + " array, object, null",
        "{'a':{'$vgt':2}} | a.$vgt: 2, expected a version such as \"1.2.3\"",
        "{'a':{'$elemMatch':{'b':{'$foo':1}}}} | a.$elemMatch.b.$foo: unknown",
        "{'a':{'$inGroup':'g'}} | a.$inGroup: \"g\", expected $in or $nin with the values: there"
            + " are no saved groups here",
      })
  void whatCannotBeMeantIsRefused(String condition, String message) throws Exception {
    assertThat(Condition.objection(json(condition)).orElse("")).startsWith(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'a':1,'b':[1,{}],'c':{'d':1},'e':null}",
        "{'$and':[{'a':{'$in':[1,'x',true]}},{'b':{'$elemMatch':{'$eq':1}}}]}",
        "{'a':{'$size':2,'$all':['x',{'$gt':1}],'$nini':['x'],'$not':{'$regexi':'x'}}}"
      })
  void whatCanBeMeantIsTaken(String condition) throws Exception {
    assertThat(Condition.objection(json(condition))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "1.0, 1",
    "0.5, 0.5",
    "-0.0, 0",
    "1e21, 1e+21",
    "123456789012, 123456789012",
    "1e-7, 1e-7",
    "0.000001, 0.000001",
    "2.5e-9, 2.5e-9"
  })
  void numbersAreWrittenAsInJavaScript(double number, String text) {
    assertThat(JavaScriptValues.string(number)).isEqualTo(text);
  }

  @Test
  void aConditionIsItsJson() throws Exception {
    Condition condition = Condition.parse(json("{'a':{'$gt':1}}"));
    assertThat(condition).isEqualTo(Condition.parse(json("{'a':{'$gt':1}}")));
    assertThat(condition).isNotEqualTo(Condition.ANY).hasToString("{\"a\":{\"$gt\":1}}");
    assertThat(Condition.ANY.isEmpty()).isTrue();
    assertThat(condition.isEmpty()).isFalse();
  }
}
