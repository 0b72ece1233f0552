using System.Text.Json.Serialization;
using AutoMix.Tool.Collect;
using AutoMix.Tool.Compare;
using AutoMix.Tool.Conversions;
using AutoMix.Tool.Evaluate;
using AutoMix.Tool.Explain;
using AutoMix.Tool.Inspect;
using AutoMix.Tool.Report;
using AutoMix.Tool.Simulate;
using AutoMix.Tool.Train;

namespace AutoMix.Tool;

/// <summary>Source-generated serialisation of all reports.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AllPoliciesReport))]
[JsonSerializable(typeof(CollectReport))]
[JsonSerializable(typeof(CompareReport))]
[JsonSerializable(typeof(ConvertReport))]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(ReportData))]
[JsonSerializable(typeof(SimulateReport))]
[JsonSerializable(typeof(TrainReport))]
internal sealed partial class ToolJson : JsonSerializerContext;
