using System.Collections.Immutable;

namespace Sallyport.Protocol.Report;

/// <summary>A program that a process ran before it replaced it by another.</summary>
/// <param name="Exe">Path.</param>
/// <param name="Argv">Masked.</param>
public sealed record ProgramDocument(string Exe, ImmutableArray<string> Argv);
