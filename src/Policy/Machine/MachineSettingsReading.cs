using System.Collections.Immutable;
using Sallyport.Policy.Reading;

namespace Sallyport.Policy.Machine;

/// <summary>What reading agent.yml came to.</summary>
/// <param name="Settings">Null when there are mistakes.</param>
/// <param name="Mistakes">All of them, by place.</param>
public sealed record MachineSettingsReading(MachineSettings? Settings, ImmutableArray<PolicyMistake> Mistakes);
