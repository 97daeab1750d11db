using Sallyport.Policy.Endpoints;

namespace Sallyport.Policy.Compiling;

/// <summary>One numbered rule: the same endpoint in the same role is one rule, however often it is written.</summary>
/// <param name="Number">Bit in every <see cref="RuleSet"/>, 0 to 511.</param>
/// <param name="Endpoint">What it is about.</param>
/// <param name="Use">The role.</param>
/// <param name="Text">Canonical text.</param>
/// <param name="Origin">Where it stands; several places are joined by <c>, </c>, at most three.</param>
public sealed record CompiledRule(int Number, Endpoint Endpoint, EndpointUse Use, string Text, string Origin);
