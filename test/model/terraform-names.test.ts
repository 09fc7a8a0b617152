import {expect, it} from 'vitest'
import {terraformArgument, terraformType} from '../../src/model/terraform-names.ts'

it.each([
  ['AWS::EC2::VPC', 'aws_vpc'],
  ['AWS::EC2::VPCEndpoint', 'aws_vpc_endpoint'],
  ['AWS::EC2::TransitGatewayRoute', 'aws_ec2_transit_gateway_route'],
  ['AWS::EC2::SecurityGroupEgress', 'aws_vpc_security_group_egress_rule'],
  ['AWS::EC2::SubnetRouteTableAssociation', 'aws_route_table_association'],
  ['AWS::IAM::ManagedPolicy', 'aws_iam_policy'],
  ['AWS::Route53Resolver::FirewallDomainList', 'aws_route53_resolver_firewall_domain_list'],
  ['AWS::SSM::ServiceSetting', 'aws_ssm_service_setting'],
])('%s is %s in Terraform', (type, name) => expect(terraformType(type)).toBe(name))

it.each([
  ['VpcEndpointId', '', 'vpc_endpoint_id'],
  ['Ipv6CidrBlock', '', 'ipv6_cidr_block'],
  ['HttpPutResponseHopLimit', '', 'http_put_response_hop_limit'],
  ['EgressOnlyInternetGatewayId', '', 'egress_only_gateway_id'],
  ['PolicyDocument', '', 'policy'],
  ['RoleName', 'AWS::IAM::Role', 'name'],
  ['RoleName', 'AWS::IAM::RolePolicy', 'role'],
  ['RoleName', 'ssm-doctor::RoleAttachments', 'role_name'],
  ['SourceSecurityGroupId', 'AWS::EC2::SecurityGroupIngress', 'referenced_security_group_id'],
])('property %s of %s is argument %s', (property, type, name) => expect(terraformArgument(property, type)).toBe(name))
