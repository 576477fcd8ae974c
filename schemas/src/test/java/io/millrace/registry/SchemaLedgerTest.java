package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.registry.SchemaRegistry.RegisteredSchema;
import org.junit.jupiter.api.Test;

class SchemaLedgerTest {
  private final SchemaLedger ledger = new SchemaLedger();

  @Test
  void theFirstClaimToAnIdWins() {
    RegisteredSchema first = ledger.next("a", SchemaRegistryContract.PLAIN);
    RegisteredSchema second = ledger.next("b", SchemaRegistryContract.WIDER);
    assertThat(first.id()).isEqualTo(second.id());
    assertThat(ledger.accept(first)).isTrue();
    assertThat(ledger.accept(second)).isFalse();
    assertThat(ledger.byId(1)).contains(first);
    assertThat(ledger.subjects()).containsExactly("a");
  }

  @Test
  void aClaimThatIsNotTheNextIsRefused() {
    assertThat(ledger.accept(new RegisteredSchema(2, "a", 1, SchemaRegistryContract.PLAIN)))
        .isFalse();
    assertThat(ledger.accept(new RegisteredSchema(1, "a", 2, SchemaRegistryContract.PLAIN)))
        .isFalse();
    assertThat(ledger.subjects()).isEmpty();
  }

  @Test
  void aSchemaIsNotRegisteredTwice() {
    ledger.accept(ledger.next("a", SchemaRegistryContract.PLAIN));
    assertThat(ledger.accept(ledger.next("a", SchemaRegistryContract.PLAIN))).isFalse();
  }
}
