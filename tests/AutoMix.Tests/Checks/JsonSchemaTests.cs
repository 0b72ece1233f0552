using System.Text.Json;

namespace AutoMix.Tests.Checks;

public class JsonSchemaTests
{
    private static SchemaResult Validate(string value, string schema)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        using JsonDocument rules = JsonDocument.Parse(schema);
        return JsonSchema.Validate(document.RootElement, rules.RootElement);
    }

    [Theory]
    [InlineData("date-time", "2026-11-25T10:00:00Z", "2026-11-25 at ten")]
    [InlineData("date-time", "2026-11-25T10:00:00", "yesterday")]
    [InlineData("date", "2026-02-28", "2026-02-30")]
    [InlineData("time", "10:30:00Z", "25:00:00")]
    [InlineData("duration", "P3DT4H30M", "three days")]
    [InlineData("duration", "3.04:30:00", "P")]
    [InlineData("uuid", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0")]
    [InlineData("email", "ada@example.org", "ada at example.org")]
    [InlineData("uri", "https://example.org/a?b=c", "example.org")]
    [InlineData("ipv4", "192.0.2.1", "192.0.2")]
    [InlineData("ipv6", "2001:db8::1", "192.0.2.1")]
    public void Format_Known_IsChecked(string format, string right, string wrong)
    {
        string schema = $$"""{"type":"string","format":"{{format}}"}""";
        Validate($"\"{right}\"", schema).Outcome.Should().Be(SchemaOutcome.Valid);
        Validate($"\"{wrong}\"", schema).Should().Match<SchemaResult>(r => r.Outcome == SchemaOutcome.Invalid && r.Reason!.Contains(format));
    }

    [Theory]
    [InlineData("""{"type":"integer","format":"int32"}""")]
    [InlineData("""{"type":"number","format":"date-time"}""")]
    public void Format_OfANumber_ConstrainsNothing(string schema) => Validate("1", schema).Outcome.Should().Be(SchemaOutcome.Valid);

    [Theory]
    [InlineData("""{"format":"iban"}""", "format")]
    [InlineData("""{"type":"text"}""", "type")]
    [InlineData("""{"type":["text","number"]}""", "type")]
    [InlineData("""{"enum":"a"}""", "malformed")]
    [InlineData("""{"dependentSchemas":{}}""", "dependentSchemas")]
    public void Schema_NotUnderstood_IsUnknownNeverValidOrARejection(string schema, string named) =>
        Validate("\"a\"", schema).Should().Match<SchemaResult>(r => r.Outcome == SchemaOutcome.Unknown && r.Reason!.Contains(named));

    [Theory]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}""")]
    [InlineData("""{"oneOf":[{"$ref":"#"},{"$ref":"#"},{"$ref":"#"}]}""")]
    [InlineData("""{"allOf":[{"$ref":"#"},{"$ref":"#"}]}""")]
    public void Schema_ThatBranchesIntoItself_EndsAsUnknown(string schema) => Validate("1", schema).Outcome.Should().Be(SchemaOutcome.Unknown);

    [Fact]
    public void UniqueItems_OfAVeryLongArray_IsUnknownRatherThanSlow()
    {
        string items = $"[{string.Join(',', Enumerable.Range(0, 20_000))}]";
        Validate(items, """{"uniqueItems":true}""").Outcome.Should().Be(SchemaOutcome.Unknown);
        Validate("[1,2,3]", """{"uniqueItems":true}""").Outcome.Should().Be(SchemaOutcome.Valid);
        Validate("[1,2,1.0]", """{"uniqueItems":true}""").Outcome.Should().Be(SchemaOutcome.Invalid);
    }
}
