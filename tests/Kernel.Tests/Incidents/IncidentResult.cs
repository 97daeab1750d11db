namespace Sallyport.Kernel.Tests.Incidents;

/// <summary>Three runs of one incident.</summary>
internal sealed record IncidentResult(Incident Incident, LabRun Off, LabRun Audit, LabRun Block);
